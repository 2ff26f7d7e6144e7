using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>A long conversation, whose turns a summary by the service replaces in what the model sees.</summary>
internal static class Compaction
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region compaction
        var conversations = grok.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { Compaction = new() { Turns = 2 } });
        var agent = new ChatClientAgent(conversations);
        var session = await agent.CreateSessionAsync("ticket-4712");
        foreach (var question in new[] { message ?? "My name is Alice. Remember this.", "What is 101*3?", "What is 2*3?", "What's my name?" })
        {
            Console.WriteLine(await agent.RunAsync(question, session));
        }

        Console.WriteLine($"{(await conversations.Conversations.GetTurnsAsync("ticket-4712")).Count(t => t.Kind == ConversationTurnKind.Compaction)} compaction");
        #endregion
    }
}
