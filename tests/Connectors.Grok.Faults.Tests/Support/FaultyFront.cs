using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>
/// A proxy on loopback that passes requests on to an emulator, except those whose last message names a fault: <c>[fault name#key]</c>.
/// Requests are counted by their key, so that many tests can share it.
/// </summary>
internal sealed partial class FaultyFront : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);
    /// <summary>The header of passed requests with the key of their message.</summary>
    public const string KeyHeader = "x-front-key";

    private const string CallHeader = "x-client-request-id";

    private readonly ConcurrentDictionary<string, string> _calls = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _fetches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _held = new(StringComparer.Ordinal);
    private readonly HttpClient _emulator;
    private readonly WebApplication _app;
    private readonly Func<string, Func<Exchange, int, Task>?> _faults;

    private FaultyFront(Uri emulator, Func<string, Func<Exchange, int, Task>?> faults)
    {
        _faults = faults;
        _emulator = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(emulator, "/"), Timeout = Timeout.InfiniteTimeSpan };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(HandleAsync);
    }

    /// <summary>The address for clients, ending in <c>/v1</c>.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1");

    /// <param name="emulator">The emulator behind the proxy.</param>
    /// <param name="faults">Gets a fault by its name, which receives the exchange and the number of earlier requests of its key; null to pass the request on.</param>
    public static async Task<FaultyFront> StartAsync(Uri emulator, Func<string, Func<Exchange, int, Task>?> faults)
    {
        var front = new FaultyFront(emulator, faults);
        await front._app.StartAsync();
        return front;
    }

    /// <summary>The text of a message that requests a fault.</summary>
    public static string Mark(string fault, string key) => $"[fault {fault}#{key}]";

    /// <summary>The number of requests with this key.</summary>
    public int Count(string key) => _counts.GetValueOrDefault(key);

    /// <summary>The number of requests for a stored answer by the calls with this key.</summary>
    public int Fetched(string key) => _fetches.GetValueOrDefault(key);

    /// <summary>Completes when a request of this key stalls.</summary>
    public Task Held(string key) => Hold(key).Task;

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System);
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _emulator.Dispose();
    }

    private TaskCompletionSource Hold(string key) => _held.GetOrAdd(key, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task HandleAsync(HttpContext http)
    {
        using var buffer = new MemoryStream();
        await http.Request.Body.CopyToAsync(buffer, http.RequestAborted);
        var exchange = new Exchange(http, this, buffer.ToArray());
        // The last one: a rebuilt conversation also contains the markers of its earlier turns.
        var marks = Marks().Matches(Encoding.UTF8.GetString(exchange.Body));
        var (name, key) = marks.Count > 0 ? (marks[^1].Groups["name"].Value, marks[^1].Groups["key"].Value) : ("", "");
        exchange.Key = key;
        var call = http.Request.Headers[CallHeader].ToString();
        if (HttpMethods.IsGet(http.Request.Method) && _calls.TryGetValue(call, out var caller))
        {
            _fetches.AddOrUpdate(caller, 1, static (_, n) => n + 1);
        }
        else if (key.Length > 0)
        {
            _calls[call] = key;
        }

        var before = name.Length > 0 ? _counts.AddOrUpdate(key, 1, static (_, n) => n + 1) - 1 : 0;
        try
        {
            await (_faults(name) is { } fault ? fault(exchange, before) : exchange.PassAsync());
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            http.Abort();
        }
    }

    [GeneratedRegex(@"\[(?:fault (?<name>[^#\]]*)#(?<key>[^\]]*)|calm)\]", RegexOptions.None, 1000)]
    private static partial Regex Marks();

    /// <summary>A request and the possible answers to it.</summary>
    internal sealed class Exchange(HttpContext http, FaultyFront front, byte[] body)
    {
        public byte[] Body => body;

        public string Key { get; set; } = "";

        public HttpContext Http => http;

        public CancellationToken Left => http.RequestAborted;

        public bool IsStream { get; } = body.AsSpan().IndexOf("\"stream\":true"u8) >= 0;

        /// <summary>Passes the request to the emulator, with a fault of the emulator if one is named.</summary>
        public async Task PassAsync(string? fault = null)
        {
            using var answer = await AskAsync(fault);
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(static h => h.Key is not ("Transfer-Encoding" or "Connection")))
            {
                http.Response.Headers[name] = values.ToArray();
            }

            await http.Response.StartAsync(Left);
            await using var stream = await answer.Content.ReadAsStreamAsync(Left);
            var bytes = new byte[16 * 1024];
            while (await stream.ReadAsync(bytes, Left) is var read and > 0)
            {
                await WriteAsync(bytes.AsMemory(0, read));
            }
        }

        /// <summary>The complete answer of the emulator, a successful one unless a fault is named.</summary>
        public async Task<byte[]> FetchAsync(string? fault = null)
        {
            using var answer = await AskAsync(fault);
            return await answer.Content.ReadAsByteArrayAsync(Left);
        }

        /// <summary>Answers with any bytes.</summary>
        public async Task AnswerAsync(int status, string? type, ReadOnlyMemory<byte> bytes, params (string Name, string Value)[] headers)
        {
            Begin(status, type, headers);
            await WriteAsync(bytes);
        }

        /// <summary>Answers with a stream or JSON, as requested.</summary>
        public Task AnswerAsync(ReadOnlyMemory<byte> bytes, params (string Name, string Value)[] headers) =>
            AnswerAsync(200, IsStream ? "text/event-stream" : "application/json", bytes, headers);

        public void Begin(int status, string? type, params (string Name, string Value)[] headers)
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = type;
            http.Response.Headers["x-request-id"] = "request-of-the-front";
            foreach (var (name, value) in headers)
            {
                http.Response.Headers[name] = value;
            }
        }

        public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
        {
            await http.Response.Body.WriteAsync(bytes, Left);
            await http.Response.Body.FlushAsync(Left);
        }

        /// <summary>Stalls until the client disconnects.</summary>
        public Task StallAsync()
        {
            front.Hold(Key).TrySetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Left);
        }

        /// <summary>Sends part of an answer, and then closes the connection. The bytes bypass the server, which may drop unsent bytes when it aborts.</summary>
        public async Task CutAsync(ReadOnlyMemory<byte> bytes, int status = 200)
        {
            var socket = http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            var type = IsStream && status == 200 ? "text/event-stream" : "application/json";
            await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Cut\r\nContent-Type: {type}\r\nContent-Length: {bytes.Length + 1000}\r\n\r\n"), Left);
            await socket.SendAsync(bytes, Left);
            socket.Shutdown(SocketShutdown.Send);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Left);
        }

        /// <summary>Resets the connection, as a crashed machine does.</summary>
        public void Reset()
        {
            var socket = http.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }

        private Task<HttpResponseMessage> AskAsync(string? fault)
        {
            var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), http.Request.Path + http.Request.QueryString) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new("application/json");
            foreach (var name in (string[])["Accept", "Authorization"])
            {
                request.Headers.TryAddWithoutValidation(name, (string?)http.Request.Headers[name]);
            }

            if (Key.Length > 0)
            {
                request.Headers.Add(KeyHeader, Key);
            }

            if (fault is not null)
            {
                request.Headers.Add("x-emulator-fault", fault);
            }

            return front._emulator.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Left);
        }
    }
}
