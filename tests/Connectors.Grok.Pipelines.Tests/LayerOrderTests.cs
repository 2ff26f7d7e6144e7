using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Connectors.Grok.Pipelines.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests;

/// <summary>Why docs/pipelines.md puts the layers in its order: each test shows an order that works, or what goes wrong in another one.</summary>
public class LayerOrderTests : PipelineTest
{
    private int _calls;

    private ChatOptions Weather => new() { Tools = [AIFunctionFactory.Create((string city) => { _calls++; return $"Rain in {city}"; }, "get_weather")] };

    private static IChatClient Unreachable() => new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = new("http://127.0.0.1:1/v1"), MaxRetries = 0 });

    private static IChatClient At(GrokEmulator emulator, string model = "grok-4.7") =>
        new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress, Model = model, MaxRetries = 0, RecoveryTimeout = TimeSpan.Zero });

    private static Task<ChatResponse> AskAsync(IChatClient client, bool isStreamed, string text, ChatOptions? options = null) =>
        isStreamed ? client.GetStreamingResponseAsync(text, options, Now).ToChatResponseAsync(Now) : client.GetResponseAsync(text, options, Now);

    private static string[] Operations(SpanRecorder recorder) => [.. recorder.Spans.Select(static s => s.GetTagItem("gen_ai.operation.name") as string ?? "").Where(static o => o is "chat" or "execute_tool").Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Telemetry_inside_function_invocation_has_a_span_for_each_request_and_function(bool isStreamed)
    {
        using var recorder = new SpanRecorder();
        using var client = Grok().AsBuilder().UseFunctionInvocation().UseOpenTelemetry(sourceName: recorder.Source).Build();
        await AskAsync(client, isStreamed, "What is the weather in Oslo?", Weather);
        Assert.Equal(["chat", "chat", "execute_tool"], Operations(recorder));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Telemetry_outside_function_invocation_has_one_span_for_the_whole_loop(bool isStreamed)
    {
        using var recorder = new SpanRecorder();
        using var client = Grok().AsBuilder().UseOpenTelemetry(sourceName: recorder.Source).UseFunctionInvocation().Build();
        await AskAsync(client, isStreamed, "What is the weather in Oslo?", Weather);
        Assert.Equal(["chat"], Operations(recorder));
        Assert.Equal((2, 1), (Emulator.Requests.Count, _calls));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Failover_below_the_state_resends_the_conversation_to_the_other_service(bool isStreamed, bool isTracking)
    {
        await using var other = await GrokEmulator.StartAsync(cancellationToken: Now);
        using var failover = new OrderedFailoverChatClient([At(Emulator), At(other)]);
        using var client = isTracking ? failover.AsHistoryTrackingClient() : failover.AsConversationClient(new InMemoryConversationStore());
        var options = new ChatOptions { ConversationId = isTracking ? null : Ticket };
        List<ChatMessage> history = [];
        await SendAsync("My name is Alice. Remember this.");
        foreach (var fault in Enumerable.Repeat(Fault.ServerError(), 3))
        {
            Emulator.Faults.Enqueue(fault);
        }

        Assert.Contains("Alice", (await SendAsync("What's my name?")).Text, StringComparison.Ordinal);

        // The other service does not know the id, then cannot decrypt the reasoning of the first one, and then answers the whole conversation without it.
        Assert.Equal([404, 400, 200], other.Requests.Select(static r => r.Status));
        other.Requests[1].ShouldContinueNothing().ShouldContain("encrypted_content");
        other.Requests[2].ShouldContinueNothing().ShouldNotContain("encrypted_content\":");

        async Task<ChatResponse> SendAsync(string text)
        {
            history.Add(new(ChatRole.User, text));
            IEnumerable<ChatMessage> messages = isTracking ? history : [history[^1]];
            var response = isStreamed ? await client.GetStreamingResponseAsync(messages, options, Now).ToChatResponseAsync(Now) : await client.GetResponseAsync(messages, options, Now);
            history.AddRange(response.Messages);
            return response;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failover_without_state_above_it_cannot_continue_at_the_other_service(bool isStreamed)
    {
        await using var other = await GrokEmulator.StartAsync(cancellationToken: Now);
        using var failover = new OrderedFailoverChatClient([At(Emulator), At(other)]);
        var first = await AskAsync(failover, isStreamed, "My name is Alice. Remember this.");
        Emulator.Faults.Enqueue(Fault.ServerError());
        var failure = await Assert.ThrowsAsync<GrokException>(() => AskAsync(failover, isStreamed, "What's my name?", new() { ConversationId = first.ConversationId }));
        Assert.Equal(GrokErrorKind.UnknownResponse, failure.Kind);
    }

    [Theory]
    [InlineData(false, true, 1)]
    [InlineData(true, true, 1)]
    [InlineData(false, false, 2)]
    public async Task Failover_above_function_invocation_invokes_functions_again(bool isStreamed, bool isBelow, int calls)
    {
        await using var other = await GrokEmulator.StartAsync(cancellationToken: Now);
        // The first service fails after it requested the function.
        Emulator.Script.Reply(static r => r.Call("get_weather", """{"city":"Oslo"}""")).Reply(static r => r.Fault(Fault.ServerError()));
        using IChatClient client = isBelow
            ? new FunctionInvokingChatClient(new OrderedFailoverChatClient([At(Emulator), At(other)]).AsConversationClient(new InMemoryConversationStore()))
            : new OrderedFailoverChatClient([new FunctionInvokingChatClient(At(Emulator)), new FunctionInvokingChatClient(At(other))]);
        Assert.Contains("Rain in Oslo", (await AskAsync(client, isStreamed, "What is the weather in Oslo?", Weather)).Text, StringComparison.Ordinal);
        Assert.Equal(calls, _calls);
    }

    [Fact]
    public async Task Failover_does_not_begin_a_second_answer_after_the_first_text()
    {
        Emulator.Script.Reply(static r => r.Text("Half an answer").Fail("server_error", "it broke"));
        await using var other = await GrokEmulator.StartAsync(cancellationToken: Now);
        using var client = new OrderedFailoverChatClient([At(Emulator), At(other)]);
        var updates = new List<ChatResponseUpdate>();
        await Assert.ThrowsAsync<GrokException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Hello.", cancellationToken: Now))
            {
                updates.Add(update);
            }
        });
        Assert.StartsWith("Half", updates.ToChatResponse().Text, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Retries_of_the_client_happen_before_the_failover(bool isStreamed)
    {
        await using var other = await GrokEmulator.StartAsync(cancellationToken: Now);
        var patient = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress, MaxRetries = 1, RetryDelay = TimeSpan.FromMilliseconds(1) });
        using var client = new OrderedFailoverChatClient([patient, At(other)]);
        Emulator.Faults.Enqueue(Fault.Overloaded());
        Assert.Contains("303", (await AskAsync(client, isStreamed, "What is 101*3?")).Text, StringComparison.Ordinal);
        Assert.Equal((2, 0), (Emulator.Requests.Count, other.Requests.Count));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Router_below_conversations_keeps_one_conversation_over_two_models(bool isStreamed)
    {
        var (fast, deep) = (At(Emulator, "grok-4.3"), At(Emulator));
        using var client = RoutingChatClient.Create((context, _) => new(context.Messages.Last().Text.Contains("deep", StringComparison.Ordinal) ? deep : fast)).AsConversationClient(new InMemoryConversationStore());
        var options = new ChatOptions { ConversationId = Ticket };
        await AskAsync(client, isStreamed, "My name is Alice. Remember this.", options);
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "Think deep: what's my name?", options)).Text, StringComparison.Ordinal);
        Assert.Contains("Alice", (await AskAsync(client, isStreamed, "What's my name?", options)).Text, StringComparison.Ordinal);
        Assert.Equal(["grok-4.3", "grok-4.7", "grok-4.3"], Emulator.Requests.Select(static r => r.Model));
        Assert.All(Emulator.Requests, static r => Assert.Equal(200, r.Status));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Unreachable_service_is_left_at_once(bool isStreamed)
    {
        using var client = new OrderedFailoverChatClient([Unreachable(), Grok()]);
        Assert.Contains("303", (await AskAsync(client, isStreamed, "What is 101*3?")).Text, StringComparison.Ordinal);
        Assert.Single(Emulator.Requests);
    }
}
