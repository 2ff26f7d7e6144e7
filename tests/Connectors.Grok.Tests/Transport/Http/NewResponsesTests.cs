using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>New responses that the service does not know yet when they are named.</summary>
public class NewResponsesTests
{
    private const string Unknown = """{"error":{"message":"Previous response with id 'x' not found.","param":"previous_response_id","code":"previous_response_not_found"}}""";
    private const string Gone = """{"error":{"message":"Response with id 'x' not found."}}""";
    private static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);
    private readonly StubHandler _handler = new();
    private readonly ManualTime _time = new();
    private readonly ListLogger _log = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_is_repeated_until_the_service_knows_the_new_response(bool isStreamed)
    {
        using var client = Client();
        await Begin(client, isStreamed);
        _handler.Json(Unknown, 400).Json(Unknown, 400).Sse(Some.Created, Some.Completed(Some.Message("there")));
        var answer = await Advance(client.Ask(isStreamed, [new(ChatRole.User, "q")], new() { ConversationId = Some.Id }));
        Assert.Equal("there", answer.Text);
        Assert.Equal(4, _handler.Requests.Count);
        Assert.Equal(_handler.Requests[1].Body, _handler.Requests[3].Body);
        Assert.Equal(2, _log.Lines.Count(static l => l.Contains("does not know the new response", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Repeats_end_after_the_time_of_the_options()
    {
        using var client = Client();
        await Begin(client);
        for (var i = 0; i < 9; i++)
        {
            _handler.Json(Unknown, 400);
        }

        var start = _time.GetUtcNow();
        var e = await Assert.ThrowsAsync<GrokException>(() => Advance(client.GetResponseAsync("q", new() { ConversationId = Some.Id })));
        Assert.Equal(GrokErrorKind.UnknownResponse, e.Kind);
        // After 0.5, 1, 2, 4, 8, 8, 8 and 3.5 seconds.
        Assert.Equal(10, _handler.Requests.Count);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Other_failures_other_ids_and_old_responses_are_not_repeated()
    {
        using var client = Client();
        await Begin(client);
        _handler.Json("""{"error":"No."}""", 400).Json(Unknown, 400);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Some.Id }));
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = "resp_other" }));
        _time.Advance(TimeSpan.FromSeconds(60));
        _handler.Json(Unknown, 400);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Some.Id }));
        Assert.Equal(4, _handler.Requests.Count);
    }

    [Fact]
    public async Task Response_is_repeated_for_at_no_other_host()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("hi"))).Json(Unknown, 400), o => o.TimeProvider = _time);
        await client.Whole(_handler);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Some.Id }));
        Assert.Equal(2, _handler.Requests.Count);
    }

    [Fact]
    public async Task Host_without_state_is_not_asked_again()
    {
        using var client = Client();
        await Begin(client);
        _handler.Json("""{"error":{"message":"previous_response_id is not supported."}}""", 400);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new() { ConversationId = Some.Id }));
        Assert.Equal(2, _handler.Requests.Count);
    }

    [Fact]
    public async Task New_response_is_read_and_deleted_when_the_service_knows_it()
    {
        using var client = Client();
        var responses = client.GetService<GrokResponsesClient>()!;
        await Begin(client);
        _handler.Json(Gone, 404).Json(Some.Answer(Some.Message("hi"))).Json(Gone, 404).Json($$"""{"id":"{{Some.Id}}","deleted":true}""").Json(Gone, 404);
        await Advance(responses.GetAsync(Some.Id, Now));
        Assert.True((await Advance(responses.DeleteAsync(Some.Id, Now))).Deleted);
        // Deleted now: nobody waits for it.
        await Assert.ThrowsAsync<GrokException>(() => responses.GetAsync(Some.Id, Now));
        Assert.Equal(6, _handler.Requests.Count);
    }

    [Fact]
    public async Task Response_that_is_not_streamed_is_new_as_well()
    {
        using var client = Client(static o => o.AlwaysStream = false);
        await Begin(client);
        _handler.Json(Unknown, 400).Json(Some.Answer(Some.Message("there")));
        Assert.Equal("there", (await Advance(client.GetResponseAsync("q", new() { ConversationId = Some.Id }))).Text);
    }

    [Fact]
    public async Task Cancellation_ends_the_wait()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Now);
        using var client = Client();
        await Begin(client);
        _handler.Json(Unknown, 400);
        var call = client.GetResponseAsync("q", new() { ConversationId = Some.Id }, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Guard, Now));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Oldest_of_too_many_responses_are_forgotten()
    {
        var known = new Connectors.Grok.Transport.Http.NewResponses(Some.Settings(o => (o.TimeProvider, o.NewResponseTimeout) = (_time, TimeSpan.FromSeconds(1))));
        known.Add(null);
        for (var i = 0; i < 10_001; i++)
        {
            known.Add($"r{i}");
        }

        Assert.Equal((true, false), (await IsNew("r9999"), await IsNew("r10000")));
        _time.Advance(TimeSpan.FromSeconds(61));
        known.Add("r10000");
        Assert.Equal((false, true), (await IsNew("r9999"), await IsNew("r10000")));

        async Task<bool> IsNew(string id)
        {
            var calls = 0;
            using var deadline = new Connectors.Grok.Transport.Http.Deadline(Some.Settings(o => o.TimeProvider = _time), null, default) { Stored = new(id, IsRoute: true) };
            var call = known.SendAsync(() => ++calls < 2 ? throw new GrokException(GrokErrorKind.UnknownResponse, "Not found.") : new ValueTask<int>(calls), deadline);
            _time.Advance(TimeSpan.FromSeconds(0.5));
            return await Record.ExceptionAsync(() => call.WaitAsync(Guard, Now)) is null;
        }
    }

    private GrokChatClient Client(Action<GrokChatClientOptions>? configure = null) => Some.Client(_handler, o =>
    {
        (o.TimeProvider, o.NewResponseTimeout, o.LoggerFactory) = (_time, TimeSpan.FromSeconds(35), _log);
        configure?.Invoke(o);
    });

    private async Task Begin(GrokChatClient client, bool isStreamed = false)
    {
        _handler.Json(Some.Answer(Some.Message("hi")));
        Assert.Equal(Some.Id, (await client.Ask(isStreamed, [new(ChatRole.User, "q")])).ConversationId);
    }

    /// <summary>Waits for a call, and lets the time pass for which it waits.</summary>
    private async Task<T> Advance<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            if (_time.Waits(TimeSpan.FromSeconds(8)))
            {
                _time.Advance(TimeSpan.FromSeconds(0.5));
            }

            await Task.Yield();
        }

        return await call;
    }
}
