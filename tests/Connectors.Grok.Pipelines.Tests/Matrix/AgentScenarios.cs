using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Tests;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>What a program does with agents of Agent Framework.</summary>
internal static class AgentScenarios
{
    public static IReadOnlyList<(string Feature, Func<HostRun, Task> Run)> All { get; } =
    [
        ("a session of several turns", static run => SeveralTurnsAsync(run)),
        ("a request contains only the new messages", OnlyNewMessagesAsync),
        ("a serialized session, in another process", OtherProcessAsync),
        ("functions", FunctionsAsync),
        ("functions with an approval, in another process", ApprovalAsync),
        ("an `AIContextProvider` that changes the instructions", ContextAsync),
        ("a `ChatHistoryProvider`", ProviderAsync),
        ("a `ChatReducer` of the provider: the model sees only the window", ReducerAsync),
        ("`RunAsync<T>`", StructuredOutputAsync),
        ("the service no longer has the response", ExpiredAsync),
        ("an answer that ends while the model reasons", CutWhileReasoningAsync),
        ("an answer without any content", SilentAsync),
        ("a run that fails is repeated", FailureAsync),
    ];

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private static ChatClientAgent Agent(HostRun run, params AITool[] tools) => new(run.Create(), tools: [.. tools]);

    private static async Task<AgentSession> NewSessionAsync(HostRun run, ChatClientAgent agent) => run.Id is { } id ? await agent.CreateSessionAsync(id, Now) : await agent.CreateSessionAsync(Now);

    private static Task<AgentResponse> SendAsync(HostRun run, AIAgent agent, AgentSession session, string text) => SendAsync(run, agent, session, new ChatMessage(ChatRole.User, text));

    private static async Task<AgentResponse> SendAsync(HostRun run, AIAgent agent, AgentSession session, ChatMessage message) => run.IsStreamed
        ? (await agent.RunStreamingAsync(message, session, cancellationToken: Now).ToListAsync(Now)).ToAgentResponse()
        : await agent.RunAsync(message, session, cancellationToken: Now);

    /// <summary>Another process loads the session that this one saved.</summary>
    private static async Task<(ChatClientAgent Agent, AgentSession Session)> ContinueAsync(HostRun run, ChatClientAgent agent, AgentSession session, params AITool[] tools)
    {
        using var json = JsonDocument.Parse((await agent.SerializeSessionAsync(session, cancellationToken: Now)).GetRawText());
        var other = Agent(run, tools);
        return (other, await other.DeserializeSessionAsync(json.RootElement.Clone(), cancellationToken: Now));
    }

    private static async Task SeveralTurnsAsync(HostRun run, ChatClientAgent? agent = null)
    {
        agent ??= Agent(run);
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        Assert.Contains("303", (await SendAsync(run, agent, session, "What is 101*3?")).Text, StringComparison.Ordinal);
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
    }

    private static async Task OnlyNewMessagesAsync(HostRun run)
    {
        await SeveralTurnsAsync(run);
        run.RequireOnlyNewMessages();
    }

    private static async Task OtherProcessAsync(HostRun run)
    {
        var agent = Agent(run);
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        (agent, session) = await ContinueAsync(run, agent, session);
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
    }

    private static async Task FunctionsAsync(HostRun run)
    {
        var calls = 0;
        var agent = Agent(run, AIFunctionFactory.Create((string city) => { calls++; return $"Rain in {city}"; }, "get_weather"));
        var session = await NewSessionAsync(run, agent);
        Assert.Contains("Rain in Oslo", (await SendAsync(run, agent, session, "What is the weather in Oslo?")).Text, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        Assert.Contains("303", (await SendAsync(run, agent, session, "What is 101*3?")).Text, StringComparison.Ordinal);
    }

    private static async Task ApprovalAsync(HostRun run)
    {
        var calls = 0;
        AITool weather = new ApprovalRequiredAIFunction(AIFunctionFactory.Create((string city) => { calls++; return $"Rain in {city}"; }, "get_weather"));
        var agent = Agent(run, weather);
        var session = await NewSessionAsync(run, agent);
        var asked = (await SendAsync(run, agent, session, "What is the weather in Oslo?")).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().Single();
        (agent, session) = await ContinueAsync(run, agent, session, weather);
        Assert.Equal(0, calls);
        Assert.Contains("Rain in Oslo", (await SendAsync(run, agent, session, new ChatMessage(ChatRole.User, [asked.CreateResponse(true)]))).Text, StringComparison.Ordinal);
        Assert.Equal(1, calls);
        Assert.Contains("303", (await SendAsync(run, agent, session, "What is 101*3?")).Text, StringComparison.Ordinal);
    }

    private static async Task ContextAsync(HostRun run)
    {
        var agent = new ChatClientAgent(run.Create(), new ChatClientAgentOptions { ChatOptions = new() { Instructions = "You are kind." }, AIContextProviders = [new Counter()] });
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        run.Emulator.Requests[^1].ShouldContain("(1)");
        await SendAsync(run, agent, session, "What is 101*3?");
        run.Emulator.Requests[^1].ShouldContain("(2)");
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
        run.Emulator.Requests[^1].ShouldContain("(3)");
    }

    private static async Task ProviderAsync(HostRun run)
    {
        var provider = new InMemoryChatHistoryProvider();
        var agent = new ChatClientAgent(run.Create(), new ChatClientAgentOptions { ChatHistoryProvider = provider });
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
        Assert.Equal(4, provider.GetMessages(session).Count);
    }

    private static async Task ReducerAsync(HostRun run)
    {
        var provider = new InMemoryChatHistoryProvider(new() { ChatReducer = new MessageCountingChatReducer(2) });
        var agent = new ChatClientAgent(run.Create(), new ChatClientAgentOptions { ChatHistoryProvider = provider });
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        await SendAsync(run, agent, session, "What is 2*3?");
        await SendAsync(run, agent, session, "What is 2*4?");
        Assert.DoesNotContain("Alice", (await SendAsync(run, agent, session, "What's my name?")).Text, StringComparison.Ordinal);
        run.Emulator.Requests[^1].ShouldContinueNothing().ShouldNotContain("Alice");
    }

    private static async Task StructuredOutputAsync(HostRun run)
    {
        var agent = new ChatClientAgent(run.Create(), new ChatClientAgentOptions { ChatOptions = run.IsStreamed ? new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<Sum>() } : null });
        var session = await NewSessionAsync(run, agent);
        var sum = run.IsStreamed
            ? JsonSerializer.Deserialize<Sum>((await SendAsync(run, agent, session, "What is 101*3?")).Text, JsonSerializerOptions.Web)
            : (await agent.RunAsync<Sum>("What is 101*3?", session, cancellationToken: Now)).Result;
        Assert.Equal(303, sum!.Value);
    }

    private static async Task ExpiredAsync(HostRun run)
    {
        var agent = Agent(run);
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        run.Emulator.ExpireResponses();
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
    }

    private static Task CutWhileReasoningAsync(HostRun run) => CutAsync(run, static r => r.Reasoning("Let me see.").Incomplete());

    private static Task SilentAsync(HostRun run) => CutAsync(run, static r => r.Text(""));

    private static async Task CutAsync(HostRun run, Action<ReplyBuilder> reply)
    {
        var agent = Agent(run);
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        run.Emulator.Script.Reply(reply);
        await SendAsync(run, agent, session, "What is 101*3?");
        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
    }

    private static async Task FailureAsync(HostRun run)
    {
        var agent = Agent(run);
        var session = await NewSessionAsync(run, agent);
        await SendAsync(run, agent, session, "My name is Alice. Remember this.");
        run.Emulator.Script.Reply(static r => r.Text("Half an answer").Fail("server_error", "it broke"));
        var failure = await Record.ExceptionAsync(() => SendAsync(run, agent, session, "What's my name?"));
        if (failure is null)
        {
            throw new ObservationException("a-failed-answer-looks-complete");
        }

        HostRun.RequireAlice((await SendAsync(run, agent, session, "What's my name?")).Text);
    }

    private sealed record Sum(int Value);

    private sealed class Counter : AIContextProvider
    {
        private int _runs;

        protected override ValueTask<AIContext> ProvideAIContextAsync(InvokingContext context, CancellationToken cancellationToken = default) =>
            new(new AIContext { Instructions = $"End every answer with \"({++_runs})\"" });
    }
}
