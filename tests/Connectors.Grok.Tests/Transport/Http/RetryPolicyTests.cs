using System.Text;
using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Which failures are retried, and when.</summary>
public class RetryPolicyTests
{
    private const string Capacity = """{"error":{"message":"The model is currently at capacity due to high demand. Please wait.","type":"server_error","code":"resource-exhausted"}}""";

    public static TheoryData<string, bool> EarlyEvents => new()
    {
        { """{"type":"error","code":503,"message":"Service temporarily unavailable"}""", true },
        { """{"type":"error","code":529,"message":"overloaded"}""", true },
        { """{"type":"error","code":null,"message":"The model is overloaded."}""", true },
        { """{"sequence_number":1,"type":"error","code":null,"message":"Service temporarily unavailable. The model did not respond to this request.","param":null}""", true },
        { Capacity, true },
        { """{"type":"error","status":429,"error":{"message":"Too many requests","type":null,"code":"resource-exhausted"}}""", true },
        { """{"type":"error","code":500,"message":"It broke."}""", false },
        { """{"type":"error","code":null,"message":"Free usage quota exceeded. Purchase credits"}""", false },
        { """{"type":"error","status":400,"error":{"message":"Argument not supported: x","code":"400"}}""", false },
        { """{"type":"response.failed","response":{"id":"r","status":"failed","output":[],"error":{"code":"server_error","message":"It broke."}}}""", false },
    };

    [Theory]
    [InlineData(429, true, true)]
    [InlineData(503, true, true)]
    [InlineData(529, true, true)]
    [InlineData(500, false, true)]
    [InlineData(502, false, true)]
    [InlineData(504, false, true)]
    [InlineData(520, false, true)]
    [InlineData(501, false, false)]
    [InlineData(525, false, false)]
    [InlineData(400, false, false)]
    public async Task Status_decides_whether_a_request_is_retried(int status, bool byDefault, bool withOption)
    {
        Assert.Equal(byDefault ? 2 : 1, await RequestsAsync(isStreamed: false, isOn: false));
        Assert.Equal(byDefault ? 2 : 1, await RequestsAsync(isStreamed: true, isOn: false));
        Assert.Equal(withOption ? 2 : 1, await RequestsAsync(isStreamed: false, isOn: true));
        Assert.Equal(withOption ? 2 : 1, await RequestsAsync(isStreamed: true, isOn: true));

        async Task<int> RequestsAsync(bool isStreamed, bool isOn)
        {
            var handler = new StubHandler().Json("""{"code":"x","error":"It broke."}""", status).Json(Some.Answer(Some.Message("ok")));
            await AskAsync(handler, isStreamed, o => o.RetryServerErrors = isOn);
            return handler.Requests.Count;
        }
    }

    [Theory]
    [MemberData(nameof(EarlyEvents))]
    public async Task Error_event_before_the_output_is_retried_like_its_status(string error, bool isRetried)
    {
        foreach (var isStreamed in (bool[])[false, true])
        {
            var handler = new StubHandler().Sse(Some.Created.Replace(Some.Id, "lost", StringComparison.Ordinal), error).Sse(Some.Created, Some.TextDelta("ok"), Some.Completed(Some.Message("ok")));
            var (answer, failure) = await AskAsync(handler, isStreamed);
            Assert.Equal(isRetried ? 2 : 1, handler.Requests.Count);
            Assert.Equal(isRetried, failure is null);
            // The caller sees nothing of the failed attempt.
            Assert.Equal(isRetried ? (Some.Id, 1, "ok") : default, answer is null ? default : (answer.ResponseId!, answer.Messages.Count, answer.Text));
        }
    }

    [Fact]
    public async Task Error_event_after_the_output_began_is_not_retried()
    {
        foreach (var isStreamed in (bool[])[false, true])
        {
            var handler = new StubHandler().Sse(Some.Created, Some.TextDelta("Hel"), Capacity);
            var (_, failure) = await AskAsync(handler, isStreamed, static o => o.RetryServerErrors = true);
            Assert.Equal(GrokErrorKind.RateLimit, failure?.Kind);
            Assert.Single(handler.Requests);
        }
    }

    [Fact]
    public async Task Server_error_of_a_request_that_costs_nothing_is_retried()
    {
        var handler = new StubHandler().Json("{}", 500).Json("""{"data":[]}""");
        using var client = Some.Client(handler, static o => (o.MaxRetries, o.RetryDelay) = (1, TimeSpan.Zero));
        Assert.Empty(await client.GetService<GrokResponsesClient>()!.ListModelsAsync());
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task Retry_after_of_more_than_a_minute_fails_at_once()
    {
        var handler = new StubHandler().Json("""{"error":"Too many requests"}""", 429, ("Retry-After", "61"));
        var (_, failure) = await AskAsync(handler, isStreamed: true);
        Assert.Equal((GrokErrorKind.RateLimit, TimeSpan.FromSeconds(61)), (failure!.Kind, failure.RetryAfter));
        Assert.Single(handler.Requests);
    }

    [Fact]
    public void Fifty_callers_that_were_told_two_seconds_return_spread_over_at_least_one_more_second()
    {
        var random = new Random(4711);
        var waits = Enumerable.Range(0, 50).Select(_ => RetryDelays.WithJitter(TimeSpan.FromSeconds(2), random.NextDouble)).ToList();
        Assert.All(waits, static w => Assert.True(w >= TimeSpan.FromSeconds(2)));
        Assert.True(waits.Max() - waits.Min() >= TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(75), RetryDelays.WithJitter(TimeSpan.FromSeconds(60), static () => 1));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Storm_of_calls_slows_down_as_a_whole()
    {
        var (answers, requests) = await StormAsync(isShared: true);
        Assert.Equal(400, answers);
        Assert.True(requests <= 400 * 1.3, $"{requests} requests for {answers} answers");
        var (_, alone) = await StormAsync(isShared: false);
        TestContext.Current.TestOutputHelper?.WriteLine($"400 calls, 40 a second, 20 allowed: {requests} requests for {answers} answers; every call for itself: {alone} requests");
        Assert.True(alone > requests);
    }

    /// <summary>40 calls a second for ten seconds, of which the service accepts 20 a second.</summary>
    /// <param name="isShared">Whether the calls share a client, and with it the wait.</param>
    private static async Task<(int Answers, int Requests)> StormAsync(bool isShared)
    {
        var time = new ManualTime();
        var service = new LimitedService(time);
        using var http = new HttpClient(service) { Timeout = Timeout.InfiniteTimeSpan };
        GrokChatClient NewClient()
        {
            var random = new Random(1);
            return new(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, TimeProvider = time, MaxRetries = 2, RetryJitter = random.NextDouble, RecoveryTimeout = TimeSpan.Zero }, http);
        }

        using var shared = NewClient();
        var calls = new List<Task<ChatResponse>>();
        for (var step = 0; calls.Count < 400 || calls.Exists(static c => !c.IsCompleted); step++)
        {
            if (calls.Count < 400)
            {
                calls.Add((isShared ? shared : NewClient()).GetResponseAsync("q"));
            }

            time.Advance(TimeSpan.FromMilliseconds(25));
            // Released calls continue on other threads.
            await Task.Delay(TimeSpan.FromMilliseconds(step % 4 == 0 ? 1 : 0), TimeProvider.System);
        }

        return (calls.Count(static c => c.IsCompletedSuccessfully), service.Requests);
    }

    private static async Task<(ChatResponse? Answer, GrokException? Failure)> AskAsync(StubHandler handler, bool isStreamed, Action<GrokChatClientOptions>? configure = null)
    {
        using var client = Some.Client(handler, o =>
        {
            (o.MaxRetries, o.RetryDelay, o.RetryJitter) = (2, TimeSpan.Zero, static () => 0);
            configure?.Invoke(o);
        });
        try
        {
            return (await client.Ask(isStreamed, [new(ChatRole.User, "q")]), null);
        }
        catch (GrokException e)
        {
            return (null, e);
        }
    }

    private sealed class LimitedService(ManualTime time) : HttpMessageHandler
    {
        private readonly Queue<DateTimeOffset> _accepted = new();
        private readonly Lock _lock = new();
        private int _requests;

        public int Requests => Volatile.Read(ref _requests);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            lock (_lock)
            {
                _requests++;
                var now = time.GetUtcNow();
                while (_accepted.TryPeek(out var first) && now - first >= TimeSpan.FromSeconds(1))
                {
                    _accepted.Dequeue();
                }

                if (_accepted.Count >= 20)
                {
                    return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.TooManyRequests)
                    {
                        Content = new StringContent("""{"code":"resource-exhausted","error":"Too many requests"}"""),
                        Headers = { { "Retry-After", "1" } },
                        RequestMessage = request,
                    });
                }

                _accepted.Enqueue(now);
            }

            var events = StubHandler.Frames(Some.Created, Some.TextDelta("ok"), Some.Completed(Some.Message("ok")));
            return Task.FromResult(new HttpResponseMessage { Content = new StringContent(events, Encoding.UTF8, "text/event-stream"), RequestMessage = request });
        }
    }
}
