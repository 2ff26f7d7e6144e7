using Chat;

namespace Connectors.Grok.Chat.Tests.Support;

/// <summary>A prompt that gives the same answer to every question, and keeps the questions.</summary>
internal sealed class FixedPrompt(bool answer) : IPrompt
{
    public List<string> Questions { get; } = [];

    public string? ReadLine() => null;

    public bool Confirm(string question)
    {
        Questions.Add(question);
        return answer;
    }
}
