using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>An agent over history tracking: the session holds the messages, and requests contain only the new ones while xAI stores the conversation.</summary>
internal static class HistoryTrackingAgent
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        var key = "a secret that all processes share"u8.ToArray();
        #region tracking
        var tracked = grok.AsHistoryTrackingClient(new HistoryTrackingOptions { HistoryKey = key });
        var agent = new ChatClientAgent(tracked, instructions: "You are a helpful support agent.");
        var session = await folder.LoadAsync(agent, "tracking.json");
        Console.WriteLine(await agent.RunAsync(message ?? "My name is Alice. Remember this.", session));
        Console.WriteLine(await agent.RunAsync("What's my name?", session));
        await folder.SaveAsync(agent, session, "tracking.json");
        #endregion
    }
}
