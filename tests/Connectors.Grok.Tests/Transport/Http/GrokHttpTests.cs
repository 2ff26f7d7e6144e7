using System.Text;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

public class GrokHttpTests
{
    private const string Busy = """{"code":"resource-exhausted","error":"Too many requests"}""";

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Callers_HttpClient_is_not_retried_by_default()
    {
        var handler = new StubHandler().Json(Busy, 429);
        using var client = Some.Client(handler);
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Transient_failure_is_retried_with_the_same_bytes()
    {
        var handler = new StubHandler().Json(Busy, 429, ("Retry-After", "7")).Json("""{"error":"down"}""", 503).Json(Some.Answer(Some.Message("ok")));
        var log = new ListLogger();
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider, o.LoggerFactory) = (3, _time, log));
        var answer = client.GetResponseAsync("q");
        await Pass(TimeSpan.FromSeconds(6), until: () => false, steps: 6);
        Assert.Single(handler.Requests);
        await Pass(TimeSpan.FromSeconds(60), until: () => answer.IsCompleted);

        Assert.Equal("ok", (await answer).Text);
        Assert.Equal(3, handler.Requests.Count);
        Assert.Single(handler.Requests.Select(static r => r.Body).Distinct());
        Assert.Equal(2, log.Lines.Count);
    }

    [Theory]
    [InlineData(400, """{"code":"400","error":"Argument not supported: x"}""", null)]
    [InlineData(429, """{"code":"subscription:free-usage-exhausted","error":"Out."}""", null)]
    [InlineData(525, "", null)]
    [InlineData(503, """{"error":"down"}""", "false")]
    public async Task Permanent_failure_is_not_retried(int status, string body, string? shouldRetry)
    {
        var handler = new StubHandler().Json(body, status, shouldRetry is null ? [] : [("x-should-retry", shouldRetry)]);
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider) = (3, _time));
        await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Single(handler.Requests);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("Sat, 21 Nov 2026 11:00:00 GMT")]
    public async Task Retry_after_of_zero_still_waits_for_the_retry_delay(string wait)
    {
        var handler = new StubHandler().Json(Busy, 429, ("Retry-After", wait)).Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider, o.RetryDelay, o.RetryJitter) = (3, _time, TimeSpan.FromSeconds(10), static () => 0.5));
        var answer = client.GetResponseAsync("q");
        await Pass(TimeSpan.FromSeconds(2), until: () => false, steps: 2);
        Assert.Single(handler.Requests);
        await Pass(TimeSpan.FromSeconds(30), until: () => answer.IsCompleted);
        Assert.Equal("ok", (await answer).Text);
    }

    [Fact]
    public async Task Timeout_while_waiting_for_a_retry_reports_the_last_failure()
    {
        using var client = Some.Client(new StubHandler().Json(Busy, 429, ("Retry-After", "50")), o => (o.MaxRetries, o.TimeProvider, o.Timeout) = (3, _time, TimeSpan.FromSeconds(20)));
        var answer = client.GetResponseAsync("q");
        await Pass(TimeSpan.FromSeconds(30), until: () => answer.IsCompleted);
        var e = await TimeoutOf(answer);
        Assert.Equal("No whole answer within 00:00:20 (Timeout). The last attempt failed: Too many requests (HTTP 429, resource-exhausted)", e.Message);
        Assert.Equal((GrokErrorKind.RateLimit, TimeSpan.FromSeconds(50)), e.InnerException?.InnerException is GrokException { Kind: var kind, RetryAfter: var wait } ? (kind, wait) : default);
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Timeout_after_a_retry_does_not_report_the_earlier_failure()
    {
        var handler = new StubHandler().Json(Busy, 429, ("Retry-After", "1")).Reply(() => Answering(new DripStream([], 1, DripEnd.Stalls)));
        using var client = Some.Client(handler, o => (o.MaxRetries, o.TimeProvider, o.Timeout) = (3, _time, TimeSpan.FromSeconds(20)));
        var answer = client.GetResponseAsync("q");
        // In small steps: on a busy machine the clock must not run ahead of the retry, which begins on another thread.
        for (var i = 0; i < 1500 && handler.Requests.Count < 2; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            _time.Advance(TimeSpan.FromMilliseconds(10));
        }

        await Pass(TimeSpan.FromSeconds(30), until: () => answer.IsCompleted);
        Assert.Equal("No whole answer within 00:00:20 (Timeout).", (await TimeoutOf(answer)).Message);
        Assert.Equal(2, handler.Requests.Count);
    }

    [Theory]
    [InlineData("""{"id":"c1","object":"chat.completion","choices":[{"message":{"content":"hi"}}]}""", "The answer is JSON, but not a response of the API.")]
    [InlineData("""{"id":"r1","status":"completed"}""", "The answer is JSON, but not a response of the API.")]
    [InlineData("""{"id":"r1","status":"cancelled","output":[]}""", "The response was cancelled.")]
    [InlineData("""{"id":"r1","status":"failed","output":[]}""", "The response failed.")]
    public async Task Unfinished_or_foreign_JSON_response_throws_with_the_reason(string body, string words)
    {
        using var client = Some.Client(new StubHandler().Json(body));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.StartsWith(words, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Timeout_is_a_GrokException_around_a_TimeoutException_and_names_the_setting()
    {
        using var client = Some.Client(new StubHandler().Reply(() => Answering(new DripStream([], 1, DripEnd.Stalls))), o => (o.Timeout, o.TimeProvider) = (TimeSpan.FromMinutes(5), _time));
        var answer = client.GetResponseAsync("q");
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Contains("Timeout", (await TimeoutOf(answer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Idle_stream_times_out_and_releases_its_connection()
    {
        var body = new DripStream(Encoding.UTF8.GetBytes(StubHandler.Frames(Some.Created, Some.TextDelta("Hel"))), 1000, DripEnd.Stalls);
        using var client = Some.Client(new StubHandler().Stream(() => body), o => (o.StreamIdleTimeout, o.TimeProvider) = (TimeSpan.FromMinutes(2), _time));
        var updates = client.GetStreamingResponseAsync("q").GetAsyncEnumerator();
        Assert.True(await updates.MoveNextAsync());
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("Hel", updates.Current.Text);
        var next = updates.MoveNextAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.False(next.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("StreamIdleTimeout", (await TimeoutOf(next)).Message, StringComparison.Ordinal);
        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task Headers_timeout_applies_to_each_attempt_of_a_stream()
    {
        var handler = new StubHandler().Json(Busy, 429, ("Retry-After", "59"));
        using var client = new GrokChatClient(
            new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, MaxRetries = 1, TimeProvider = _time, RetryJitter = static () => 0, ResponseHeadersTimeout = TimeSpan.FromSeconds(30) },
            new HttpClient(new SilentAfter(handler, 1)) { Timeout = Timeout.InfiniteTimeSpan });
        var answer = client.GetStreamingResponseAsync("q").ToListAsync();
        // The retry delay of the service does not count as waiting for headers.
        await Pass(TimeSpan.FromSeconds(58), until: () => false, steps: 58);
        Assert.False(answer.IsCompleted);
        await Pass(TimeSpan.FromSeconds(30), until: () => answer.IsCompleted, steps: 30);
        await Pass(TimeSpan.FromSeconds(3), until: () => answer.IsCompleted, steps: 3);
        Assert.Contains("ResponseHeadersTimeout", (await TimeoutOf(answer)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Non_streamed_response_is_limited_by_Timeout_alone()
    {
        using var client = new GrokChatClient(
            new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, TimeProvider = _time, AlwaysStream = false },
            new HttpClient(new SilentAfter(new StubHandler(), 0)) { Timeout = Timeout.InfiniteTimeSpan });
        var answer = client.GetResponseAsync("q");
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Contains("(Timeout)", (await TimeoutOf(answer)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sat, 21 Nov 2026 12:00:30 GMT", 30)]
    [InlineData("Sat, 21 Nov 2026 11:00:00 GMT", 0)]
    [InlineData("30", 30)]
    public async Task Retry_after_header_may_be_a_date(string wait, int seconds)
    {
        using var client = Some.Client(new StubHandler().Json(Busy, 429, ("Retry-After", wait)), o => o.TimeProvider = _time);
        Assert.Equal(TimeSpan.FromSeconds(seconds), (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"))).RetryAfter);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_throws_with_the_callers_token_and_releases_the_connection(bool stream)
    {
        var body = new DripStream(Encoding.UTF8.GetBytes(StubHandler.Frames(Some.Created)), 1000, DripEnd.Stalls);
        using var client = Some.Client(new StubHandler().Reply(() => Answering(body, stream ? "text/event-stream" : "application/json")));
        using var cancel = new CancellationTokenSource();
        var call = stream
            ? client.GetStreamingResponseAsync("q", cancellationToken: cancel.Token).ToListAsync()
            : (Task)client.GetResponseAsync("q", cancellationToken: cancel.Token);
        await cancel.CancelAsync();
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancel.Token, e.CancellationToken);
        Assert.True(body.IsDisposed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_before_the_first_byte_throws_with_the_callers_token(bool stream)
    {
        using var cancel = new CancellationTokenSource();
        using var client = Some.Client(new StubHandler().Reply(() =>
        {
            cancel.Cancel();
            throw new TaskCanceledException();
        }));
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream
            ? client.GetStreamingResponseAsync("q", cancellationToken: cancel.Token).ToListAsync()
            : client.GetResponseAsync("q", cancellationToken: cancel.Token));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [Fact]
    public async Task Abandoned_stream_releases_its_connection()
    {
        var body = new DripStream(Encoding.UTF8.GetBytes(StubHandler.Frames(Some.Created, Some.TextDelta("a"), Some.TextDelta("b"))), 1000, DripEnd.Stalls);
        using var client = Some.Client(new StubHandler().Stream(() => body));
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            if (update.Text == "a")
            {
                break;
            }
        }

        Assert.True(body.IsDisposed);
    }

    [Fact]
    public async Task Timeout_of_the_callers_HttpClient_is_not_reported_as_cancellation()
    {
        using var client = Some.Client(new StubHandler().Throws(new TaskCanceledException("HttpClient.Timeout", new TimeoutException("t", new TaskCanceledException()))));
        Assert.Contains("HttpClient", (await TimeoutOf(client.GetResponseAsync("q"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_service_is_a_transient_connection_error_with_its_address()
    {
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = Some.Endpoint, MaxRetries = 0 });
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal((GrokErrorKind.Connection, true), (e.Kind, e.IsTransient));
        Assert.Contains("http://127.0.0.1:1 cannot be reached", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Response_id_is_escaped_into_one_path_segment()
    {
        var handler = new StubHandler().Json("""{"id":"x","object":"response","deleted":true}""");
        using var client = Some.Client(handler);
        var responses = client.GetService<GrokResponsesClient>()!;
        Assert.True((await responses.DeleteAsync("../models?x=1#y")).Deleted);
        Assert.Equal("/v1/responses/..%2Fmodels%3Fx%3D1%23y", handler.Requests[0].Uri.PathAndQuery);
        await Assert.ThrowsAsync<ArgumentException>(() => responses.GetAsync(".."));
        await Assert.ThrowsAsync<ArgumentException>(() => responses.GetAsync(" "));
    }

    private static HttpResponseMessage Answering(Stream body, string type = "application/json") =>
        new() { Content = new StreamContent(body) { Headers = { ContentType = new(type) } } };

    /// <summary>Advances the clock one second at a time, and lets the code run in between.</summary>
    private async Task Pass(TimeSpan time, Func<bool> until, int steps = 1000)
    {
        for (var i = 0; i < steps && !until(); i++)
        {
            for (var turn = 0; turn < 20; turn++)
            {
                await Task.Yield();
            }

            _time.Advance(time / Math.Min(steps, time.TotalSeconds));
        }

        // A release of a rate limit continues on another thread.
        while (steps == 1000 && !until())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<GrokException> TimeoutOf(Task call)
    {
        var e = await Assert.ThrowsAsync<GrokException>(() => call);
        Assert.Equal((GrokErrorKind.Timeout, false, e.Message), (e.Kind, e.IsTransient, Assert.IsType<TimeoutException>(e.InnerException).Message));
        return e;
    }

    /// <summary>Passes a number of requests on, and never answers further ones.</summary>
    private sealed class SilentAfter(HttpMessageHandler inner, int requests) : DelegatingHandler(inner)
    {
        private int _left = requests;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_left-- > 0)
            {
                return await base.SendAsync(request, cancellationToken);
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("never");
        }
    }
}
