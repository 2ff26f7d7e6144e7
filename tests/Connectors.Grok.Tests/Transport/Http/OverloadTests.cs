using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>The limit of concurrent requests, and resending without a rejected parameter.</summary>
public class OverloadTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_queue_at_the_limit_and_one_more_fails_with_Overload(bool stream)
    {
        var answer = new TaskCompletionSource();
        var handler = new Waiting(answer.Task, stream);
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, MaxConcurrentRequests = 2, MaxQueuedRequests = 1 }, http);

        var running = Enumerable.Range(0, 2).Select(_ => Ask(client, stream)).ToList();
        var waiting = Ask(client, stream);
        var e = await Assert.ThrowsAsync<GrokException>(() => Ask(client, stream));
        Assert.Equal((GrokErrorKind.Overload, true), (e.Kind, e.IsTransient));
        Assert.Contains("MaxConcurrentRequests", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, handler.Count);

        answer.SetResult();
        await Task.WhenAll([.. running, waiting]);
        Assert.Equal(3, handler.Count);
        await Ask(client, stream);
    }

    [Fact]
    public async Task Abandoned_stream_releases_its_permit()
    {
        var handler = new Waiting(Task.CompletedTask, stream: true);
        using var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, MaxConcurrentRequests = 1, MaxQueuedRequests = 0 }, http);
        for (var turn = 0; turn < 3; turn++)
        {
            await using var left = client.GetStreamingResponseAsync("q").GetAsyncEnumerator();
            Assert.True(await left.MoveNextAsync());
            Assert.Equal(GrokErrorKind.Overload, (await Assert.ThrowsAsync<GrokException>(() => Ask(client, stream: true))).Kind);
        }

        Assert.Equal(3, handler.Count);
    }

    [Fact]
    public async Task Cancelled_waiter_leaves_the_queue()
    {
        var answer = new TaskCompletionSource();
        using var http = new HttpClient(new Waiting(answer.Task, stream: false)) { Timeout = Timeout.InfiniteTimeSpan };
        using var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, MaxConcurrentRequests = 1, MaxQueuedRequests = 1 }, http);
        var running = Ask(client, stream: false);
        using var impatient = new CancellationTokenSource();
        var waiting = client.GetResponseAsync("q", cancellationToken: impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var next = Ask(client, stream: false);
        answer.SetResult();
        await running;
        await next;
    }

    [Fact]
    public async Task Waiter_fails_with_ObjectDisposedException_when_the_client_is_disposed()
    {
        var answer = new TaskCompletionSource();
        using var http = new HttpClient(new Waiting(answer.Task, stream: false)) { Timeout = Timeout.InfiniteTimeSpan };
        var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Some.Endpoint, MaxConcurrentRequests = 1, MaxQueuedRequests = 1 }, http);
        var running = Ask(client, stream: false);
        var waiting = Ask(client, stream: false);
        client.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        answer.SetResult();
        await running;
    }

    [Theory]
    [InlineData("temperature", "temperature")]
    [InlineData("topP", "top_p")]
    [InlineData("`temperature`.", "temperature")]
    public async Task Rejected_parameter_is_dropped_and_the_request_resent_once(string refused, string member)
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json($$"""{"code":"400","error":"Argument not supported: {{refused}}"}""", 400).Json(Some.Answer(Some.Message("hi")));
        using var client = Some.Client(handler, o => (o.DropRefusedParameters, o.LoggerFactory) = (true, log));
        var answer = await client.GetResponseAsync("q", new ChatOptions { Temperature = 0.2f, TopP = 0.5f });
        Assert.Equal("hi", answer.Text);
        Assert.Contains($"\"{member}\"", handler.Requests[0].Body, StringComparison.Ordinal);
        Assert.False(handler.LastJson.ContainsKey(member));
        Assert.Equal(handler.Requests[0].Body.Length, handler.LastBody.Length + handler.Requests[0].Body.Split($"\"{member}\"")[1].Split(',')[0].TrimEnd('}').Length + member.Length + 3);
        Assert.Contains(log.Lines, l => l.Contains(member, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "temperature")]
    [InlineData(true, "input")]
    [InlineData(true, "frequency_penalty")]
    [InlineData(true, "instructions and previous_response_id together")]
    public async Task Other_rejections_are_thrown_without_a_resend(bool isAllowed, string refused)
    {
        var handler = new StubHandler().Json($$"""{"code":"400","error":"Argument not supported: {{refused}}"}""", 400);
        using var client = Some.Client(handler, o => o.DropRefusedParameters = isAllowed);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new ChatOptions { Temperature = 0.2f }));
        Assert.Contains(refused, e.Message, StringComparison.Ordinal);
        Assert.Single(handler.Requests);
    }

    [Fact]
    public async Task Second_rejection_is_thrown()
    {
        const string Refusal = """{"code":"400","error":"Argument not supported: temperature"}""";
        var handler = new StubHandler().Json(Refusal, 400).Json(Refusal.Replace("temperature", "top_p", StringComparison.Ordinal), 400);
        using var client = Some.Client(handler, static o => o.DropRefusedParameters = true);
        await Assert.ThrowsAsync<GrokException>(() => client.GetStreamingResponseAsync("q", new ChatOptions { Temperature = 0.2f, TopP = 0.5f }).ToChatResponseAsync());
        Assert.Equal(2, handler.Requests.Count);
    }

    [Fact]
    public async Task Retry_delay_and_jitter_can_be_configured()
    {
        var clock = new ManualTime();
        var asked = 0;
        var handler = new StubHandler().Json("{}", 503).Json("{}", 503).Json(Some.Answer(Some.Message("hi")));
        double Jitter()
        {
            asked++;
            return 0.5;
        }

        using var client = Some.Client(handler, o => (o.TimeProvider, o.MaxRetries, o.RetryDelay, o.RetryJitter) = (clock, 2, TimeSpan.FromSeconds(8), Jitter));
        var answer = client.GetResponseAsync("q");
        Assert.Single(handler.Requests);
        Assert.True(asked > 0);
        while (!answer.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal("hi", (await answer).Text);
        foreach (var (wrong, name) in ((Action<GrokChatClientOptions>, string)[])
        [
            (static o => o.RetryDelay = TimeSpan.FromSeconds(-1), "RetryDelay"),
            (static o => o.MaxConcurrentRequests = 0, "MaxConcurrentRequests"),
            (static o => o.MaxQueuedRequests = -1, "MaxQueuedRequests"),
        ])
        {
            Assert.Equal(name, Assert.Throws<ArgumentException>(() => Some.Client(handler, wrong)).ParamName);
        }
    }

    private static Task<ChatResponse> Ask(GrokChatClient client, bool stream) =>
        stream ? client.GetStreamingResponseAsync("q").ToChatResponseAsync() : client.GetResponseAsync("q");

    /// <summary>Answers when its task completes.</summary>
    private sealed class Waiting(Task go, bool stream) : HttpMessageHandler
    {
        private int _count;

        public int Count => _count;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _count);
            await go.WaitAsync(cancellationToken);
            var message = Some.Message("hi");
            return new HttpResponseMessage
            {
                Content = stream
                    ? new StringContent(StubHandler.Frames(Some.Created, Some.TextDelta("hi"), Some.Done(0, message), Some.Completed(message)), null, "text/event-stream")
                    : new StringContent(Some.Answer(message), null, "application/json"),
            };
        }
    }
}
