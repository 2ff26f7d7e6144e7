using System.Net.Http.Headers;
using System.Text;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Answers of a hostile or broken service, which must not be taken for success or for another failure.</summary>
public class HostileAnswerTests
{
    private readonly StubHandler _handler = new();

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"status":"ok"}""")]
    [InlineData("""{"object":"chat.completion","choices":[]}""")]
    [InlineData("""{"id":"a","status":"in_progress","output":[]}""")]
    [InlineData("""{"id":"a","status":"queued"}""")]
    public async Task JSON_that_is_not_a_finished_response_throws(string body)
    {
        using var client = Some.Client(_handler);
        foreach (var call in (Func<Task>[])[() => client.Whole(_handler.Json(body)), () => client.Streamed(_handler.Json(body))])
        {
            Assert.Equal(GrokErrorKind.Server, (await Assert.ThrowsAsync<GrokException>(call)).Kind);
        }
    }

    [Theory]
    [InlineData("""{"type":"response.completed"}""")]
    [InlineData("""{"type":"response.completed","response":null}""")]
    [InlineData("""{"type":"response.completed","response":5}""")]
    public async Task Terminal_event_without_a_response_breaks_the_stream(string last)
    {
        using var client = Some.Client(_handler);
        Assert.Equal(GrokErrorKind.StreamBroken, (await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler.Sse(Some.Created, Some.TextDelta("Hi"), last)))).Kind);
    }

    [Fact]
    public async Task Slow_caller_does_not_trigger_the_idle_timeout()
    {
        var time = new ManualTime();
        using var client = Some.Client(_handler.Sse(Some.Created, Some.TextDelta("a"), Some.TextDelta("b"), Some.Completed(Some.Message("ab"))), o => (o.TimeProvider, o.StreamIdleTimeout) = (time, TimeSpan.FromSeconds(1)));
        var text = "";
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            time.Advance(TimeSpan.FromSeconds(5));
            text += update.Text;
        }

        Assert.Equal("ab", text);
    }

    [Fact]
    public async Task Echoed_api_key_is_redacted_in_exceptions()
    {
        using var client = Some.Client(_handler, static o => o.ApiKey = "xai-very-secret");
        const string Echo = """{"code":"x","error":"Incorrect API key provided: xai-very-secret"}""";
        foreach (var call in (Func<Task>[])[() => client.Whole(_handler.Json(Echo, 400)), () => client.Whole(_handler.Json(Echo)), () => client.Streamed(_handler.Sse(Echo))])
        {
            var e = await Assert.ThrowsAsync<GrokException>(call);
            Assert.DoesNotContain("very-secret", e + e.Body + e.ServiceMessage, StringComparison.Ordinal);
            Assert.Contains("***", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"error":"bad thing"}""", null)]
    [InlineData("""{"code":"c","error":"bad thing"}""", "c")]
    [InlineData("""{"error":{"code":"c","message":"bad thing","type":"t"}}""", "c")]
    public async Task Error_with_status_200_keeps_its_message(string body, string? code)
    {
        using var client = Some.Client(_handler.Json(body));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal(("bad thing", code), (e.ServiceMessage, e.Code));
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task Invalid_gzip_body_throws_GrokException(int status)
    {
        await using var emulator = new LoopbackAnswer(status, "gzip", "not gzip"u8.ToArray());
        using var client = new GrokChatClient(new GrokChatClientOptions { Endpoint = emulator.Address, MaxRetries = 0 });
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal(status == 200 ? null : status, e.Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Endless_response_is_cut_at_the_size_limit(bool stream)
    {
        using var client = Some.Client(_handler.Reply(() => new HttpResponseMessage
        {
            Content = new StreamContent(new EndlessStream(stream ? "data: " : "{\"id\":\"")) { Headers = { ContentType = new MediaTypeHeaderValue(stream ? "text/event-stream" : "application/json") } },
        }));
        var e = await Assert.ThrowsAsync<GrokException>(() => stream ? client.GetStreamingResponseAsync("q").ToListAsync() : client.GetResponseAsync("q"));
        Assert.IsType<InvalidDataException>(e.InnerException);
    }

    [Fact]
    public async Task Bounded_stream_limits_the_total_size()
    {
        const int Most = 3 * 1024 * 1024;
        var stream = new BoundedStream(new EndlessStream("x"), Most);
        var buffer = new byte[1024 * 1024];
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEqual(0, await stream.ReadAsync(buffer));
            stream.Restart();
        }

        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            _ = await stream.ReadAsync(buffer);
            _ = await stream.ReadAsync(buffer);
        });
    }

    [Fact]
    public async Task Stream_drops_repeated_events_only_when_their_sequence_numbers_identify_them()
    {
        using var client = Some.Client(_handler);
        string[] frames = [Some.Created, Some.TextDelta("a"), Some.TextDelta("b"), Some.TextDelta("b"), Some.Completed(Some.Message("abb"))];
        var numbered = StubHandler.Frames(frames).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("abb", (await Streamed([.. numbered.SelectMany(static f => (string[])[f, f])])).Text);
        Assert.Equal("abb", (await Streamed([.. numbered[..3], .. numbered])).Text);
        // With equal or missing numbers duplicates cannot be detected, and nothing is dropped.
        Assert.Equal("abb", (await Streamed([.. frames.Select(static f => StubHandler.Frames(f).TrimEnd())])).Text);
        Assert.Equal("abb", (await Streamed([.. numbered.Select(static f => f.Replace("sequence_number", "number", StringComparison.Ordinal))])).Text);

        Task<ChatResponse> Streamed(string[] sent) => client.Streamed(_handler.Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\n\n", sent) + "\n\n"))));
    }

    [Fact]
    public async Task Events_out_of_order_break_the_stream()
    {
        using var client = Some.Client(_handler);
        var sent = StubHandler.Frames(Some.Created, "{\"type\":\"response.in_progress\",\"sequence_number\":1}", Some.TextDelta("a"), Some.TextDelta("b"), Some.Completed(Some.Message("ab"))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        _handler.Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(string.Join("\n\n", sent[0], sent[1], sent[3], sent[2], sent[4]) + "\n\n")));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal(GrokErrorKind.StreamBroken, e.Kind);
        Assert.Contains("out of order", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\\ud83d\\ude00 \\uD83D\\uDE00 \\u00e9 \\\\ud83d \\n", "😀 😀 é \\ud83d \n")]
    [InlineData("\\ud83d", "\uFFFD")]
    [InlineData("\\ud83d!\\ude00", "\uFFFD!\uFFFD")]
    [InlineData("\\ud83d\\ud83d\\ude00", "\uFFFD😀")]
    public async Task Lone_surrogate_becomes_U_FFFD_and_the_response_is_kept(string text, string expected)
    {
        using var client = Some.Client(_handler);
        Assert.Equal(expected, (await client.Whole(_handler.Json(Some.Answer(Some.Message(text))))).Text);
        Assert.Equal(expected, (await client.Streamed(_handler.Sse(Some.Created, Some.TextDelta(text), Some.Completed(Some.Message(text))))).Text);
        var refused = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler.Json($$"""{"code":"c","error":"{{text}}"}""", 500)));
        Assert.Equal((500, "c"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task Call_ended_by_disposal_is_not_reported_as_a_timeout()
    {
        using var client = Some.Client(_handler.Throws(new TaskCanceledException("disposed")));
        var e = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetResponseAsync("q"));
        Assert.Contains("disposed", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Null_role_relative_address_null_tool_and_cyclic_result_throw()
    {
        using var client = Some.Client(_handler);
        await Refused(new ChatMessage(default, "x"));
        await Refused(Some.User(new UriContent(new Uri("a.png", UriKind.Relative), "image/png")));
        await Refused(Some.User(new UriContent(new Uri("a.pdf", UriKind.Relative), "application/pdf")));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [null!] }));
        var circle = new Dictionary<string, object?>();
        circle["me"] = circle;
        var e = await Refused(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c7", "f")]), new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c7", circle)]));
        Assert.Contains("c7", e.Message, StringComparison.Ordinal);

        Task<ArgumentException> Refused(params ChatMessage[] messages) => Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(messages));
    }

    [Fact]
    public void Endpoint_that_includes_the_route_throws() =>
        Assert.Equal("Endpoint", Assert.Throws<ArgumentException>(() => new GrokChatClientOptions { ApiKey = "k", Endpoint = new Uri("https://api.x.ai/v1/responses") }.Validate()).ParamName);

    /// <summary>A start, followed by the character a without end.</summary>
    private sealed class EndlessStream(string start) : Stream
    {
        private byte[]? _start = Encoding.UTF8.GetBytes(start);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_start is { } first)
            {
                _start = null;
                first.CopyTo(buffer);
                return new(first.Length);
            }

            buffer.Span.Fill((byte)'a');
            return new(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    /// <summary>Answers one request on loopback with bytes of one's choice.</summary>
    private sealed class LoopbackAnswer : IAsyncDisposable
    {
        private readonly System.Net.Sockets.TcpListener _listener = new(System.Net.IPAddress.Loopback, 0);
        private readonly Task _answer;

        public LoopbackAnswer(int status, string encoding, byte[] body)
        {
            _listener.Start();
            _answer = AnswerAsync(status, encoding, body);
        }

        public Uri Address => new($"http://127.0.0.1:{((System.Net.IPEndPoint)_listener.LocalEndpoint).Port}/v1");

        public async ValueTask DisposeAsync()
        {
            _listener.Stop();
            await _answer;
        }

        private async Task AnswerAsync(int status, string encoding, byte[] body)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            await using var stream = client.GetStream();
            _ = await stream.ReadAsync(new byte[8192]);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Encoding: {encoding}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            await stream.WriteAsync(body);
        }
    }
}
