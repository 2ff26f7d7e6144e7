using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>One agent after the other: each sees the answers of those before it.</summary>
internal static class Sequential
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region sequential
        var tracked = grok.AsHistoryTrackingClient();
        var writer = new ChatClientAgent(tracked, "You are a writer.", "writer");
        var editor = new ChatClientAgent(tracked, "You are an editor.", "editor");
        await Workflows.AskAsync(AgentWorkflowBuilder.BuildSequential([writer, editor]), message ?? "Hello.");
        #endregion
    }
}
