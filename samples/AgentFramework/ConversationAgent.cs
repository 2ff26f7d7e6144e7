using Connectors.Grok.Conversations;
using Connectors.Grok.Sqlite;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>An agent over conversations: the application's own id names the conversation, and a store keeps it.</summary>
internal static class ConversationAgent
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region conversation
        await using var store = new SqliteConversationStore(folder.FileOf("conversations.db"));
        var agent = new ChatClientAgent(grok.AsConversationClient(store), instructions: "You are a helpful support agent.");
        var session = await agent.CreateSessionAsync("ticket-4711"); // in each process, and on each node that shares the store
        Console.WriteLine(await agent.RunAsync(message ?? "My name is Alice. Remember this.", session));
        Console.WriteLine(await agent.RunAsync("What's my name?", session));
        #endregion
    }
}
