using System.Net;
using System.Net.Sockets;
using System.Text;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Hostile;

/// <summary>Hostile services beyond the fault matrix: where the key is sent, how much is read, and how long the client waits.</summary>
public sealed class HostileServiceTests : IAsyncLifetime
{
    private const string Key = "xai-markedkey0123456789";
    private readonly List<string> _elsewhere = [];
    private FaultyFront _other = null!;
    private FaultyFront _front = null!;

    private CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _other = await FaultyFront.StartAsync(new Uri("http://127.0.0.1:1/v1"), _ => (exchange, _) =>
        {
            lock (_elsewhere)
            {
                _elsewhere.Add(string.Join('\n', exchange.Http.Request.Headers) + Encoding.UTF8.GetString(exchange.Body));
            }

            return exchange.AnswerAsync(200, "application/json", "{}"u8.ToArray());
        });
        _front = await FaultyFront.StartAsync(new Uri("http://127.0.0.1:1/v1"), name => name switch
        {
            "echo" => static (exchange, _) => exchange.AnswerAsync(307, null, default, ("Location", $"https://elsewhere.example/?stolen={Key}")),
            "stalled-error" => static (exchange, _) => HalfAnErrorAsync(exchange),
            _ => (exchange, _) => exchange.AnswerAsync(int.Parse(name, System.Globalization.CultureInfo.InvariantCulture), null, default, ("Location", $"{_other.Address}/responses")),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _front.DisposeAsync();
        await _other.DisposeAsync();
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task Redirect_receives_neither_the_key_nor_the_messages(int status)
    {
        using var client = new GrokChatClient(Options());
        foreach (var stream in (bool[])[false, true])
        {
            var e = await Assert.ThrowsAsync<GrokException>(() => AskAsync(client, stream, FaultyFront.Mark($"{status}", "a")));
            Assert.Equal((status, GrokErrorKind.Server, false), (e.Status, e.Kind, e.IsTransient));
            Assert.Contains($"{_other.Address}", e.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_elsewhere);
    }

    [Fact]
    public async Task Redirect_with_the_key_in_its_address_is_reported_with_the_key_redacted()
    {
        using var client = new GrokChatClient(Options());
        var e = await Assert.ThrowsAsync<GrokException>(() => AskAsync(client, false, FaultyFront.Mark("echo", "a")));
        Assert.DoesNotContain(Key, $"{e}", StringComparison.Ordinal);
        Assert.Contains("elsewhere.example", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_followed_by_the_callers_HttpClient_does_not_carry_the_key()
    {
        using var http = new HttpClient();
        using var client = new GrokChatClient(Options(), http);
        await Assert.ThrowsAsync<GrokException>(() => AskAsync(client, false, FaultyFront.Mark("307", "a")));
        Assert.DoesNotContain(Key, Assert.Single(_elsewhere), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_body_that_stalls_is_reported_by_its_status()
    {
        var time = new JumpingTime(TimeSpan.FromSeconds(10));
        var options = Options();
        (options.TimeProvider, options.MaxRetries) = (time, 0);
        using var client = new GrokChatClient(options);
        var call = AskAsync(client, false, FaultyFront.Mark("stalled-error", "words"));
        await _front.Held("words");
        await time.Asked;
        time.Jump();
        var e = await Assert.ThrowsAsync<GrokException>(() => call);
        Assert.Equal((503, GrokErrorKind.Server, true), (e.Status, e.Kind, e.IsTransient));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_timeout_is_retried_and_then_reported(bool stream)
    {
        var tries = 0;
        using var handler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromMilliseconds(20),
            ConnectCallback = async (_, token) =>
            {
                Interlocked.Increment(ref tries);
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                return Stream.Null;
            },
        };
        using var http = new HttpClient(handler);
        var options = Options();
        (options.MaxRetries, options.RetryDelay) = (2, TimeSpan.Zero);
        using var client = new GrokChatClient(options, http);
        var e = await Assert.ThrowsAsync<GrokException>(() => AskAsync(client, stream, "q"));
        Assert.Equal((GrokErrorKind.Connection, true, 3), (e.Kind, e.IsTransient, tries));
        Assert.Contains("ConnectTimeout", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unresponsive_host_is_reported_with_ConnectTimeout()
    {
        // A listener that accepts nothing: once its backlog is full, connections are neither made nor refused.
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var sockets = Enumerable.Range(0, 8).Select(static _ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        var full = sockets.Select(s => s.ConnectAsync(listener.LocalEndPoint!)).ToList();
        try
        {
            var options = Options();
            (options.Endpoint, options.ConnectTimeout, options.MaxRetries) = (new Uri($"http://{listener.LocalEndPoint}/v1"), TimeSpan.FromMilliseconds(50), 0);
            // If the operating system makes connections anyway, nothing answers on them.
            options.Timeout = TimeSpan.FromSeconds(5);
            using var client = new GrokChatClient(options);
            var e = await Record.ExceptionAsync(() => AskAsync(client, false, "q"));
            Assert.True(e is GrokException { Kind: GrokErrorKind.Connection } && e.Message.Contains("ConnectTimeout", StringComparison.Ordinal) || e is GrokException { Kind: GrokErrorKind.Timeout }, $"{e}");
        }
        finally
        {
            sockets.ForEach(static s => s.Dispose());
            await Record.ExceptionAsync(() => Task.WhenAll(full));
        }
    }

    private static async Task HalfAnErrorAsync(FaultyFront.Exchange exchange)
    {
        exchange.Begin(503, "application/json");
        await exchange.WriteAsync("{\"code\":\"x\",\"error\":\"Overloaded: "u8.ToArray());
        await exchange.StallAsync();
    }

    private GrokChatClientOptions Options() => new() { ApiKey = Key, Endpoint = _front.Address };

    private async Task AskAsync(GrokChatClient client, bool stream, string text)
    {
        if (stream)
        {
            await client.GetStreamingResponseAsync(text, cancellationToken: Cancelled).ToChatResponseAsync(Cancelled);
        }
        else
        {
            await client.GetResponseAsync(text, cancellationToken: Cancelled);
        }
    }

    /// <summary>A clock on which the test ends waits of one duration.</summary>
    private sealed class JumpingTime(TimeSpan wait) : TimeProvider
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Action? _end;

        public Task Asked => _asked.Task;

        public void Jump() => _end!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (dueTime == wait)
            {
                _end = () => callback(state);
                _asked.TrySetResult();
                dueTime = Timeout.InfiniteTimeSpan;
            }

            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
