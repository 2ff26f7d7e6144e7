using Connectors.Grok.Emulator;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Matrix;

/// <summary>What the service answers when nothing goes wrong.</summary>
internal static class Answers
{
    public const string Question = "What is the answer?";
    public const string ShortQuestion = "What is the short answer?";
    public const string Whole = "Forty-two, as ever.";
    public const string Short = "Forty-two";

    /// <summary>Said first, and asked for after the fault.</summary>
    public const string Name = "Alice";

    public static void Teach(ReplyScript script)
    {
        script.WhenText(Question).Always(static r => r.Reasoning("Counting.").Deltas("Forty", "-two", ", as", " ever", "."));
        script.WhenText(ShortQuestion).Always(static r => r.Deltas("Forty", "-two").Incomplete());
    }

    /// <summary>The answer that the words of a question ask for, and how it ends.</summary>
    public static (string Text, ChatFinishReason Reason) To(string question) =>
        question == ShortQuestion ? (Short, ChatFinishReason.Length) : (Whole, ChatFinishReason.Stop);
}
