using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>A ChatHistoryProvider of the application, which needs a client that returns no conversation id.</summary>
internal static class HistoryProvider
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region history-provider
        var provider = new InMemoryChatHistoryProvider(); // or one of your own
        var agent = new ChatClientAgent(grok.AsHistoryTrackingClient(), new ChatClientAgentOptions { ChatHistoryProvider = provider });
        var session = await agent.CreateSessionAsync();
        Console.WriteLine(await agent.RunAsync(message ?? "My name is Alice. Remember this.", session));
        Console.WriteLine(await agent.RunAsync("What's my name?", session));
        Console.WriteLine($"{provider.GetMessages(session).Count} messages");
        #endregion
    }
}
