using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>Agents in turn, over one shared history.</summary>
internal static class GroupChat
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region group
        var tracked = grok.AsHistoryTrackingClient();
        var poet = new ChatClientAgent(tracked, "You are a poet.", "poet");
        var critic = new ChatClientAgent(tracked, "You are a critic.", "critic");
        var chat = AgentWorkflowBuilder.CreateGroupChatBuilderWith(agents => new RoundRobinGroupChatManager(agents) { MaximumIterationCount = 2 }).AddParticipants([poet, critic]).Build();
        await Workflows.AskAsync(chat, message ?? "Hello.", "What can you do?");
        #endregion
    }
}
