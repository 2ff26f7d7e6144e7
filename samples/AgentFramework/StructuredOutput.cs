using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>An answer of a type of the application.</summary>
internal static class StructuredOutput
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region structured
        var agent = new ChatClientAgent(grok);
        var answer = await agent.RunAsync<Sum>(message ?? "What is 101*3?");
        Console.WriteLine(answer.Result.Value);
        #endregion
    }

    private sealed record Sum(int Value);
}
