using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Agents.AI;
using Microsoft.Agents.AI.Workflows;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>Workflows of several agents, each of two turns.</summary>
internal static class WorkflowScenarios
{
    public static IReadOnlyList<(string Feature, Func<HostRun, Task> Run)> All { get; } =
    [
        ("sequential", static run => TwoTurnsAsync(run, "editor", AgentWorkflowBuilder.BuildSequential([Agent(run, "writer"), Agent(run, "editor")]))),
        ("concurrent", static run => TwoTurnsAsync(run, "lawyer", AgentWorkflowBuilder.BuildConcurrent([Agent(run, "doctor"), Agent(run, "lawyer")]))),
        ("group chat", static run => TwoTurnsAsync(run, "critic", AgentWorkflowBuilder
            .CreateGroupChatBuilderWith(static agents => new RoundRobinGroupChatManager(agents) { MaximumIterationCount = 2 })
            .AddParticipants([Agent(run, "poet"), Agent(run, "critic")]).Build())),
        ("handoff", HandoffAsync),
    ];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static ChatClientAgent Agent(HostRun run, string name) => new(run.Create(), instructions: $"End every answer with \"({name})\"", name: name, description: $"The {name}.");

    private static async Task<string> SendAsync(HostRun run, AIAgent agent, AgentSession session, string text)
    {
        var response = run.IsStreamed
            ? (await agent.RunStreamingAsync(text, session, cancellationToken: Now).ToListAsync(Now)).ToAgentResponse()
            : await agent.RunAsync(text, session, cancellationToken: Now);

        // A workflow reports a failure of an agent as a content.
        if (response.Messages.SelectMany(static m => m.Contents).OfType<ErrorContent>().FirstOrDefault() is { } error)
        {
            var rejected = run.Emulator.Requests.Last(static r => r.Status != 200);
            throw rejected is { Status: 400, PreviousResponseId: not null } && rejected.Json!.Value.TryGetProperty("instructions", out _)
                ? new ObservationException("instructions-of-a-continued-response")
                : new InvalidOperationException(error.Message);
        }

        return response.Text;
    }

    private static async Task TwoTurnsAsync(HostRun run, string last, Workflow workflow)
    {
        var agent = workflow.AsAIAgent(includeExceptionDetails: true);
        var session = await agent.CreateSessionAsync(Now);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        var answers = await SendAsync(run, agent, session, "What's my name?");
        HostRun.RequireAlice(answers);
        RequireStyle(run, last, answers);
        Assert.All(run.Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    private static async Task HandoffAsync(HostRun run)
    {
        var (reception, billing) = (Agent(run, "reception"), Agent(run, "billing"));
        var agent = AgentWorkflowBuilder.CreateHandoffBuilderWith(reception).WithHandoff(reception, billing, "Questions about bills.").Build().AsAIAgent(includeExceptionDetails: true);
        var session = await agent.CreateSessionAsync(Now);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        RequireStyle(run, "billing", await SendAsync(run, agent, session, "I need a handoff to somebody for bills."));
        HostRun.RequireAlice(await SendAsync(run, agent, session, "What's my name?"));
        Assert.All(run.Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    /// <summary>Fails unless an agent answered by its own instructions. The built-in model of the emulator follows the first ones that it sees.</summary>
    private static void RequireStyle(HostRun run, string agent, string answers)
    {
        if (!answers.Contains($"({agent})", StringComparison.Ordinal))
        {
            Assert.NotNull(run.Emulator.Requests[^1].PreviousResponseId);
            throw new ObservationException("agents-share-one-conversation");
        }
    }
}
