using Connectors.Grok.Conversations;
using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>An agent that passes the conversation to another one.</summary>
internal static class Handoff
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region handoff
        var tracked = grok.AsHistoryTrackingClient();
        var reception = new ChatClientAgent(tracked, "You are the reception.", "reception");
        var billing = new ChatClientAgent(tracked, "You are the billing department.", "billing", "Questions about bills.");
        var workflow = AgentWorkflowBuilder.CreateHandoffBuilderWith(reception).WithHandoff(reception, billing).Build();
        await Workflows.AskAsync(workflow, "My name is Alice. Remember this.", message ?? "I need a handoff to somebody for bills.", "What's my name?");
        #endregion
    }
}
