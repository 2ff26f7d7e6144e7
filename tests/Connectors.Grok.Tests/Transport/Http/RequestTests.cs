using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Creating and sending requests, their headers and failures.</summary>
public class RequestTests
{
    private readonly StubHandler _handler = new();
    private readonly ManualTime _time = new();
    private readonly ListLogger _log = new();

    [Fact]
    public async Task Request_sets_User_Agent_and_Accept()
    {
        using var single = Some.Client(_handler, static o => o.AlwaysStream = false);
        await single.Whole(_handler.Json(Some.Answer(Some.Message("hi"))));
        using var client = Some.Client(_handler);
        await client.Whole(_handler.Json(Some.Answer(Some.Message("hi"))));
        await client.Streamed(_handler.Sse(Some.Created, Some.Completed(Some.Message("hi"))));
        Assert.Equal(["application/json", "text/event-stream", "text/event-stream"], _handler.Requests.Select(static r => r.Headers["Accept"]));
        Assert.All(_handler.Requests, static r => Assert.StartsWith("Connectors.Grok/", r.Headers["User-Agent"], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Logged_request_equals_the_sent_request()
    {
        using var client = Some.Client(_handler, o => (o.LoggerFactory, o.LogSensitiveData) = (_log, true));
        await client.Whole(_handler.Json(Some.Answer(Some.Message("hi"))));
        Assert.Equal($"POST responses: {_handler.LastBody}", _log.Lines[0]);
        _log.Lines.Clear();
        _handler.Json("""{"data":[]}""");
        await client.GetService<GrokResponsesClient>()!.ListModelsAsync();
        Assert.Equal(["GET models: ", """Received: {"data":[]}"""], _log.Lines);
    }

    [Fact]
    public void Response_headers_are_read_into_their_properties()
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in ((string, string)[])
        [
            ("x-request-id", "req-1"), ("x-zero-data-retention", "True"), ("x-ratelimit-limit-requests", "1"), ("x-ratelimit-remaining-requests", "2"),
            ("x-ratelimit-limit-tokens", "3"), ("x-ratelimit-remaining-tokens", "4"),
        ])
        {
            response.Headers.Add(name, value);
        }

        Assert.Equal(new ResponseHeaders("req-1", true) { LimitRequests = 1, RemainingRequests = 2, LimitTokens = 3, RemainingTokens = 4 }, AnswerReader.Headers(response, Some.Settings()));
    }

    [Fact]
    public void Missing_or_malformed_response_headers_are_null()
    {
        using var response = new HttpResponseMessage { Headers = { { "x-ratelimit-limit-tokens", "many" } } };
        Assert.Equal(new ResponseHeaders(null, false), AnswerReader.Headers(response, Some.Settings()));
    }

    [Fact]
    public async Task Truncated_and_undecodable_json_responses_have_different_messages()
    {
        using var broken = new HttpResponseMessage { Content = new GatedContent(new GatedStream([], end: new IOException("reset"))) };
        var e = await Assert.ThrowsAsync<GrokException>(() => AnswerReader.ReadJsonAsync(broken, WireJson.Context.ListModelsResult, Some.Settings(), default));
        Assert.Equal((GrokErrorKind.StreamBroken, "The connection broke in the middle of the answer."), (e.Kind, e.Message));

        using var packed = new HttpResponseMessage { Content = new GatedContent(new GatedStream([], end: new InvalidDataException("No gzip."))) };
        e = await Assert.ThrowsAsync<GrokException>(() => AnswerReader.ReadJsonAsync(packed, WireJson.Context.ListModelsResult, Some.Settings(), default));
        Assert.Equal((GrokErrorKind.StreamBroken, "The answer cannot be read: No gzip."), (e.Kind, e.Message));
    }

    [Fact]
    public async Task Connect_timeout_is_a_transient_connection_error_that_names_the_setting()
    {
        using var client = Some.Client(_handler.Throws(TookTooLong()));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal((GrokErrorKind.Connection, true), (e.Kind, e.IsTransient));
        Assert.Equal("http://127.0.0.1:1 cannot be reached: no connection in time (ConnectTimeout).", e.Message);
    }

    [Fact]
    public async Task Connect_timeout_after_cancellation_throws_OperationCanceledException()
    {
        using var cancel = new CancellationTokenSource();
        using var client = Some.Client(_handler.Reply(() =>
        {
            cancel.Cancel();
            throw TookTooLong();
        }));
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("q", cancellationToken: cancel.Token));
        Assert.Equal(cancel.Token, e.CancellationToken);
    }

    [Fact]
    public async Task Non_streamed_response_may_start_after_ResponseHeadersTimeout()
    {
        var gate = new TaskCompletionSource();
        using var http = new HttpClient(new GatedHandler((gate.Task, static () => new() { Content = new StringContent(Some.Answer(Some.Message("late"))) }))) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokChatClient(
            new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, TimeProvider = _time, ResponseHeadersTimeout = TimeSpan.FromSeconds(10), AlwaysStream = false }, http);
        var answer = client.GetResponseAsync("q");
        _time.Advance(TimeSpan.FromSeconds(11));
        gate.SetResult();
        Assert.Equal("late", (await answer).Text);
    }

    [Fact]
    public async Task Client_with_its_own_HttpClient_retries_twice_by_default()
    {
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = Some.Endpoint, TimeProvider = _time, Timeout = Timeout.InfiniteTimeSpan, ResponseHeadersTimeout = Timeout.InfiniteTimeSpan, LoggerFactory = _log });
        var answer = client.GetResponseAsync("q");
        while (!answer.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(30));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<GrokException>(() => answer);
        Assert.Equal(2, _log.Lines.Count(static l => l.Contains(". Retry ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Disposed_client_with_a_limit_rejects_requests()
    {
        var client = Some.Client(_handler, static o => o.MaxConcurrentRequests = 1);
        client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetResponseAsync("q"));
    }

    [Fact]
    public void Own_handler_does_not_follow_redirects_and_sets_ConnectTimeout()
    {
        using var handler = new SocketsHttpHandler();
        OwnHandlers.SetUp(handler, Some.Settings(static o => o.ConnectTimeout = TimeSpan.FromSeconds(3)));
        Assert.Equal((false, TimeSpan.FromSeconds(3)), (handler.AllowAutoRedirect, handler.ConnectTimeout));
    }

    [Fact]
    public void Own_HttpClient_has_no_timeout()
    {
        using var http = OwnHandlers.NewClient(Some.Settings());
        Assert.Equal(Timeout.InfiniteTimeSpan, http.Timeout);
    }

    private static TaskCanceledException TookTooLong() => new("The operation was canceled.", new TimeoutException("A connection could not be established within the configured ConnectTimeout."));
}
