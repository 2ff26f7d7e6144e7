using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>A stored answer whose stream broke is fetched by its id.</summary>
public class ResponseRecoveryTests
{
    private const string NotFound = """{"code":"not-found","error":"Response with id=x not found"}""";
    private const string InProgress = $$"""{"id":"{{Some.Id}}","status":"in_progress","output":[],"store":true}""";

    private static readonly string Text = Some.Message("Hello, world");

    // Every kind of item that is streamed in pieces, and one that is not.
    private static readonly string[] Items =
    [
        Some.Reasoning(Some.Summary("I think") + "," + Some.Summary("so")),
        """{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"search","query":"q"}}""",
        Text,
        Some.Call("f", "{\"a\":1}"),
    ];

    private static readonly string[] Rich =
    [
        Some.Created, Some.Added(0, Some.Reasoning("", null)), Some.SummaryDelta("I "), Some.SummaryDelta("think"), Some.SummaryDelta("s", part: 1), Some.SummaryDelta("o", part: 1), Some.Done(0, Items[0]),
        Some.Done(1, Items[1]),
        Some.Added(2, Some.Message("")), Some.TextDelta("Hel", item: 2), Some.TextDelta("lo, ", item: 2), Some.TextDelta("world", item: 2), Some.Done(2, Items[2]),
        ArgumentsDelta("{\"a\""), ArgumentsDelta(":1}"), Some.Done(3, Items[3]),
        Some.Completed(string.Join(',', Items)),
    ];

    private readonly ManualTime _time = new();
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    public static TheoryData<int> Cuts => [.. Enumerable.Range(1, Rich.Length - 1)];

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Answer_equals_the_uncut_one_wherever_the_stream_was_cut(int events)
    {
        using var client = Client();
        var whole = (await client.Streamed(_handler.Sse(Rich))).ToJson();

        _handler.Requests.Clear();
        var call = client.Streamed(Cut(Rich[..events]).Json(Some.Answer(string.Join(',', Items))));
        Assert.Equal(whole, (await Finished(call)).ToJson());
        Assert.Equal((HttpMethod.Get, $"/v1/responses/{Some.Id}"), (_handler.Requests[1].Method, _handler.Requests[1].Uri.AbsolutePath));
        Assert.Equal(_handler.Requests[0].Headers["x-client-request-id"], _handler.Requests[1].Headers["x-client-request-id"]);

        _handler.Requests.Clear();
        var notStreamed = client.Whole(Cut(Rich[..events]).Json(Some.Answer(string.Join(',', Items))));
        var fetched = await Finished(notStreamed);
        Assert.Equal((await client.Whole(_handler.Json(Some.Answer(string.Join(',', Items))))).ToJson(), fetched.ToJson());
    }

    [Fact]
    public async Task Typed_client_delivers_the_rest_as_events()
    {
        using var client = Client();
        _ = Cut([Some.Created, Some.TextDelta("Hel")]).Json(Some.Answer($"{Text},{Some.Call("f", "{}")}"));
        var call = client.GetService<GrokResponsesClient>()!.StreamAsync(new CreateResponseRequest { Model = "m" }).ToListAsync();
        var events = await Finished(call);
        Assert.Equal(
            ["response.created", "response.output_text.delta", "response.output_text.delta", "response.output_item.done", "response.output_item.done", "response.completed"],
            events.Select(static e => e.Type));
        Assert.Equal("lo, world", Assert.IsType<DeltaEvent>(events[2]).Delta);
    }

    [Theory]
    [InlineData(true, "the stream is cut", null)]
    [InlineData(false, "the stream is cut", null)]
    [InlineData(true, "the stream ends", null)]
    [InlineData(true, "the stream is silent", null)]
    [InlineData(true, "an incomplete answer", "incomplete")]
    public async Task Interruption_is_recovered(bool isStreamed, string what, string? status)
    {
        using var client = Client(static o => o.StreamIdleTimeout = TimeSpan.FromMinutes(1));
        _ = Cut([Some.Created, Some.TextDelta("Hel")], what == "the stream ends" ? DripEnd.Closes : what == "the stream is silent" ? DripEnd.Stalls : DripEnd.Breaks);
        _handler.Json(NotFound, 404).Json("down", 503).Json(InProgress).Json(Some.Answer(Text, status ?? "completed"));
        var answer = await Finished(client.Ask(isStreamed, [new(ChatRole.User, "q")]));
        Assert.Equal(("Hello, world", Some.Id, status is null ? ChatFinishReason.Stop : ChatFinishReason.Length), (answer.Text, answer.ConversationId, answer.FinishReason));
        Assert.Equal(5, _handler.Requests.Count);
        Assert.Contains(_log.Lines, static l => l.StartsWith($"The stored response {Some.Id} was fetched", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recovery_ends_after_its_time()
    {
        using var client = Client();
        _ = Cut([Some.Created, Some.TextDelta("Hel")]);
        // After 1, 3, 7, 15, 25, 35, 45 and 55 seconds.
        for (var i = 0; i < 8; i++)
        {
            _handler.Json(NotFound, 404);
        }

        var e = await FailureOf(client.Streamed(_handler));
        Assert.Equal((GrokErrorKind.StreamBroken, Some.Id, _handler.Requests[0].Headers["x-client-request-id"]), (e.Kind, e.ResponseId, e.ClientRequestId));
        Assert.Equal(9, _handler.Requests.Count);
        Assert.Contains(_log.Lines, static l => l.Contains("UnknownResponse", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Fetch_that_is_not_answered_ends_with_the_recovery_time()
    {
        using var client = Client();
        var start = _time.GetUtcNow();
        _ = Cut([Some.Created]).Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream([], 1, DripEnd.Stalls)) { Headers = { ContentType = new("application/json") } } });
        Assert.Equal(GrokErrorKind.StreamBroken, (await FailureOf(client.Streamed(_handler))).Kind);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(75));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Answer_in_progress_is_waited_for_beyond_the_recovery_time()
    {
        using var client = Client();
        _ = Cut([Some.Created]);
        for (var i = 0; i < 20; i++)
        {
            _handler.Json(InProgress);
        }

        Assert.Equal("Hello, world", (await Finished(client.Streamed(_handler.Json(Some.Answer(Text))))).Text);
        Assert.Equal(22, _handler.Requests.Count);
    }

    [Theory]
    [InlineData("not its beginning", """{"id":"msg_1","type":"message","role":"assistant","content":[{"type":"output_text","text":"Help"}]}""")]
    [InlineData("another item", """{"id":"fc_1","type":"function_call","call_id":"c","name":"f","arguments":"{}"}""")]
    [InlineData("no item", "")]
    public async Task Answer_that_does_not_begin_with_what_was_delivered_is_not_taken(string what, string output)
    {
        using var client = Client();
        var e = await FailureOf(client.Streamed(Cut([Some.Created, Some.TextDelta("Hello")]).Json(Some.Answer(output))));
        Assert.Equal((GrokErrorKind.StreamBroken, Some.Id), (e.Kind, e.ResponseId));
        Assert.NotEmpty(what);
    }

    [Theory]
    [InlineData("another call")]
    [InlineData("another text")]
    [InlineData("another id")]
    public async Task Finished_item_must_be_the_same(string what)
    {
        using var client = Client();
        var (delivered, stored) = what switch
        {
            "another call" => (Some.Call("f", "{}", "call_1"), Some.Call("f", "{}", "call_2")),
            "another text" => (Some.Message("Hello"), Some.Message("Hello, world")),
            _ => (Some.Message("Hello"), Some.Message("Hello").Replace("msg_", "other_", StringComparison.Ordinal)),
        };
        Assert.Equal(GrokErrorKind.StreamBroken, (await FailureOf(client.Streamed(Cut([Some.Created, Some.Done(0, delivered)]).Json(Some.Answer(stored))))).Kind);
    }

    [Theory]
    [InlineData("""{"id":"x","status":"failed","output":[],"error":{"code":"server_error","message":"It broke."}}""", 200)]
    [InlineData("""{"code":"unauthenticated","error":"No."}""", 401)]
    public async Task Failed_response_and_refused_request_end_the_recovery(string body, int status)
    {
        using var client = Client();
        var e = await FailureOf(client.Streamed(Cut([Some.Created]).Json(body, status)));
        Assert.Equal((GrokErrorKind.StreamBroken, Some.Id), (e.Kind, e.ResponseId));
        Assert.Equal(2, _handler.Requests.Count);
    }

    [Theory]
    [InlineData("not stored")]
    [InlineData("zero data retention")]
    [InlineData("switched off")]
    [InlineData("an error event")]
    [InlineData("before the response was created")]
    [InlineData("malformed JSON")]
    public async Task Nothing_is_fetched_when_the_answer_cannot_be_there(string why)
    {
        using var client = Client(o => o.RecoveryTimeout = why == "switched off" ? TimeSpan.Zero : o.RecoveryTimeout);
        _ = why switch
        {
            "not stored" => Cut([Some.Created.Replace("\"store\":true", "\"store\":false", StringComparison.Ordinal), Some.TextDelta("Hel")]),
            "zero data retention" => _handler.Reply(static () => Broken([Some.Created], DripEnd.Breaks, ("x-zero-data-retention", "true"))),
            "an error event" => _handler.Sse(Some.Created, Some.TextDelta("Hel"), """{"type":"error","code":500,"message":"It broke."}"""),
            "before the response was created" => Cut([Some.TextDelta("Hel")]),
            "malformed JSON" => _handler.Sse(Some.Created, "{\"type\":"),
            _ => Cut([Some.Created, Some.TextDelta("Hel")]),
        };
        await FailureOf(client.Streamed(_handler));
        Assert.Single(_handler.Requests);
    }

    [Theory(Explicit = RoomRun.IsOne)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_and_Timeout_end_the_recovery(bool isCancelled)
    {
        using var client = Client(static o => o.Timeout = TimeSpan.FromMinutes(2));
        using var cancel = new CancellationTokenSource();
        _ = Cut([Some.Created]);
        for (var i = 0; i < 20; i++)
        {
            _handler.Json(InProgress);
        }

        var call = client.GetResponseAsync("q", cancellationToken: cancel.Token);
        if (isCancelled)
        {
            await cancel.CancelAsync();
            Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call)).CancellationToken);
            return;
        }

        var e = await FailureOf(call);
        Assert.Equal(GrokErrorKind.Timeout, e.Kind);
        Assert.Contains("(Timeout)", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recovery_uses_the_permit_of_its_call()
    {
        using var client = Client(static o => (o.MaxConcurrentRequests, o.MaxQueuedRequests) = (1, 0));
        Assert.Equal("Hello, world", (await Finished(client.Streamed(Cut([Some.Created]).Json(Some.Answer(Text))))).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recovered_turn_is_kept_in_its_conversation(bool isStreamed)
    {
        using var client = Client();
        var store = new InMemoryConversationStore();
        var conversations = client.AsConversationClient(store);
        var options = new ChatOptions { ConversationId = "ticket" };
        _ = Cut([Some.Created, Some.TextDelta("Hel")]).Json(Some.Answer(Text));
        var answer = await Finished(conversations.Ask(isStreamed, [new(ChatRole.User, "q")], options));
        Assert.Equal(("Hello, world", "ticket"), (answer.Text, answer.ConversationId));
        await conversations.Ask(isStreamed, [new(ChatRole.User, "next")], Next());
        Assert.Equal(Some.Id, (string?)_handler.LastJson["previous_response_id"]);

        ChatOptions Next()
        {
            _handler.Json(Some.Answer(Some.Message("ok")));
            return options;
        }
    }

    private static string ArgumentsDelta(string text) =>
        $$"""{"sequence_number":5,"type":"response.function_call_arguments.delta","item_id":"fc_{{Some.Id}}_0","output_index":3,"delta":{{System.Text.Json.Nodes.JsonValue.Create(text)!.ToJsonString()}}}""";

    private GrokChatClient Client(Action<GrokChatClientOptions>? configure = null) => Some.Client(_handler, o =>
    {
        (o.TimeProvider, o.LoggerFactory, o.RecoveryTimeout) = (_time, _log, TimeSpan.FromSeconds(60));
        configure?.Invoke(o);
    });

    private StubHandler Cut(string[] frames, DripEnd end = DripEnd.Breaks) => _handler.Reply(() => Broken(frames, end));

    private static HttpResponseMessage Broken(string[] frames, DripEnd end, params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage
        {
            Content = new StreamContent(new DripStream(Encoding.UTF8.GetBytes(StubHandler.Frames(frames)), 1000, end)) { Headers = { ContentType = new("text/event-stream") } },
        };
        foreach (var (name, value) in headers)
        {
            answer.Headers.TryAddWithoutValidation(name, value);
        }

        return answer;
    }

    /// <summary>Advances the clock until the call has ended.</summary>
    private async Task<T> Finished<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        return await call;
    }

    private async Task<GrokException> FailureOf<T>(Task<T> call) => await Assert.ThrowsAsync<GrokException>(() => Finished(call));
}
