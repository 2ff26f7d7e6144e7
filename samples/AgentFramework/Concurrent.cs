using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;
using Microsoft.Extensions.AI;

namespace Sample;

/// <summary>All agents at the same time: each sees the question only.</summary>
internal static class Concurrent
{
    public static async Task RunAsync(IChatClient grok, Folder folder, string? message)
    {
        #region concurrent
        var doctor = new ChatClientAgent(grok, "You are a doctor.", "doctor");
        var lawyer = new ChatClientAgent(grok, "You are a lawyer.", "lawyer");
        await Workflows.AskAsync(AgentWorkflowBuilder.BuildConcurrent([doctor, lawyer]), message ?? "Hello.");
        #endregion
    }
}
