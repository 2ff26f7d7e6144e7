using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Agents.AI;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Agents of Microsoft Agent Framework, which invoke functions themselves and pass their instructions with each turn.</summary>
public class AgentTests : PipelineTest
{
    public static TheoryData<Arrangement, bool> Agents => [.. new[] { Arrangement.Bare, Arrangement.BareUnstored, Arrangement.AboveConversations, Arrangement.AboveUnstoredConversations }.SelectMany(static a => new[] { (a, false), (a, true) })];

    private ChatClientAgent Agent(Arrangement arrangement, params AITool[] tools)
    {
        var grok = Grok(IsUnstored(arrangement));
        var client = arrangement == Arrangement.HistoryTracking ? grok.AsHistoryTrackingClient() : HasOwnId(arrangement) ? grok.AsConversationClient(new InMemoryConversationStore()) : grok;
        return new(client, instructions: "You are kind.", tools: [.. tools]);
    }

    private static async Task<AgentSession> NewSessionAsync(ChatClientAgent agent, Arrangement arrangement) =>
        HasOwnId(arrangement) ? await agent.CreateSessionAsync(Ticket, Now) : await agent.CreateSessionAsync(Now);

    /// <summary>Serializes and deserializes the session, as when another process continues it.</summary>
    private static async Task<AgentSession> ReloadAsync(ChatClientAgent agent, AgentSession session)
    {
        using var json = JsonDocument.Parse((await agent.SerializeSessionAsync(session, cancellationToken: Now)).GetRawText());
        return await agent.DeserializeSessionAsync(json.RootElement.Clone(), cancellationToken: Now);
    }

    private static async Task<AgentResponse> SendAsync(ChatClientAgent agent, AgentSession session, ChatMessage message, bool isStreamed)
    {
        if (!isStreamed)
        {
            return await agent.RunAsync(message, session, cancellationToken: Now);
        }

        var updates = new List<AgentResponseUpdate>();
        await foreach (var update in agent.RunStreamingAsync(message, session, cancellationToken: Now))
        {
            updates.Add(update);
        }

        return updates.ToAgentResponse();
    }

    private static Task<AgentResponse> SendAsync(ChatClientAgent agent, AgentSession session, string text, bool isStreamed) =>
        SendAsync(agent, session, new ChatMessage(ChatRole.User, text), isStreamed);

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task Deserialized_session_continues_and_sends_instructions_once(Arrangement arrangement, bool isStreamed)
    {
        var agent = Agent(arrangement);
        var session = await NewSessionAsync(agent, arrangement);
        await SendAsync(agent, session, "My name is Alice. Remember this.", isStreamed);
        Assert.Contains("Alice", (await SendAsync(agent, session, "What's my name?", isStreamed)).Text, StringComparison.Ordinal);
        session = await ReloadAsync(agent, session);
        Assert.Contains("Alice", (await SendAsync(agent, session, "Say it again: what's my name?", isStreamed)).Text, StringComparison.Ordinal);
        Assert.Equal(
            IsUnstored(arrangement)
                ? ["system user", "system user assistant user", "system user assistant user assistant user"]
                : ["system user", "user", "user"],
            GetSentItems().Select(static s => s.Replace("reasoning ", "", StringComparison.Ordinal)));
        Assert.DoesNotContain(Emulator.Requests, static r => r.Json!.Value.TryGetProperty("instructions", out _));
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task Approval_in_a_deserialized_session_runs_the_approved_function(Arrangement arrangement, bool isStreamed)
    {
        List<string> ran = [];
        var agent = Agent(arrangement, new ApprovalRequiredAIFunction(AIFunctionFactory.Create((string city) => { ran.Add(city); return "rain"; }, "get_weather")));
        Emulator.Script.Reply(static r => r.Reasoning("Rain?").Call("get_weather", """{"city":"Oslo"}""").Call("get_weather", """{"city":"Rome"}""")).Reply("Rain in Oslo.").Reply("After.");
        var session = await NewSessionAsync(agent, arrangement);
        var asked = (await SendAsync(agent, session, "Weather?", isStreamed)).Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>().ToList();
        session = await ReloadAsync(agent, session);
        Assert.EndsWith("Rain in Oslo.", (await SendAsync(agent, session, new ChatMessage(ChatRole.User, [asked[0].CreateResponse(true), asked[1].CreateResponse(false)]), isStreamed)).Text, StringComparison.Ordinal);
        Assert.Equal("Oslo", Assert.Single(ran));
        Assert.Equal("After.", (await SendAsync(agent, session, "And?", isStreamed)).Text);
        Assert.Equal(IsUnstored(arrangement) ? "system user reasoning call call output output assistant user" : "user", GetSentItems().Last());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Expired_response_is_rebuilt_with_conversations_and_throws_without_them(bool isStreamed)
    {
        foreach (var arrangement in new[] { Arrangement.AboveConversations, Arrangement.Bare })
        {
            var agent = Agent(arrangement);
            var session = await NewSessionAsync(agent, arrangement);
            await SendAsync(agent, session, "My name is Alice. Remember this.", isStreamed);
            Emulator.ExpireResponses();
            if (arrangement == Arrangement.AboveConversations)
            {
                Assert.Contains("Alice", (await SendAsync(agent, session, "What's my name?", isStreamed)).Text, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => SendAsync(agent, session, "What's my name?", isStreamed))).Kind);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public async Task Failed_turn_can_be_retried(Arrangement arrangement, bool isStreamed)
    {
        var agent = Agent(arrangement);
        var session = await NewSessionAsync(agent, arrangement);
        await SendAsync(agent, session, "My name is Alice. Remember this.", isStreamed);
        Emulator.Faults.Enqueue(isStreamed ? Fault.CutAfter(6) : Fault.Failed());
        await Assert.ThrowsAsync<GrokException>(() => SendAsync(agent, session, "What's my name?", isStreamed));
        Assert.Contains("Alice", (await SendAsync(agent, session, "What's my name?", isStreamed)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Arrangement.BareUnstored, false)]
    [InlineData(Arrangement.BareUnstored, true)]
    [InlineData(Arrangement.AboveConversations, false)]
    [InlineData(Arrangement.AboveConversations, true)]
    [InlineData(Arrangement.HistoryTracking, false)]
    [InlineData(Arrangement.HistoryTracking, true)]
    public async Task Answer_that_cannot_be_continued_is_returned_and_the_session_continues(Arrangement arrangement, bool isStreamed)
    {
        var agent = Agent(arrangement);
        var session = await NewSessionAsync(agent, arrangement);
        await SendAsync(agent, session, "My name is Alice. Remember this.", isStreamed);
        Emulator.Script.Reply(static r => r.Reasoning("Let me see.").Incomplete());
        var cut = await SendAsync(agent, session, "What is 101*3?", isStreamed);
        Assert.Equal((ChatFinishReason.Length, ""), (cut.FinishReason!.Value, cut.Text));
        Assert.Contains("Alice", (await SendAsync(agent, session, "What's my name?", isStreamed)).Text, StringComparison.Ordinal);
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_that_cannot_be_continued_throws_over_the_client_and_the_run_can_be_repeated(bool isStreamed)
    {
        var agent = Agent(Arrangement.Bare);
        var session = await agent.CreateSessionAsync(Now);
        await SendAsync(agent, session, "My name is Alice. Remember this.", isStreamed);
        Emulator.Script.Reply(static r => r.Reasoning("Let me see.").Incomplete());
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SendAsync(agent, session, "What's my name?", isStreamed));
        Assert.Contains("Service did not return a valid conversation id", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Alice", (await SendAsync(agent, session, "What's my name?", isStreamed)).Text, StringComparison.Ordinal);
        Emulator.Requests[^1].ShouldContinue(Emulator.Requests[^2].PreviousResponseId!);
    }
}
