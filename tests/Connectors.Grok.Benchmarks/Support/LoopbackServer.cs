using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// A minimal server on loopback: answers each request with the first frames, waits until it is released, unless it holds nothing, and sends the rest a few
/// events at a time. Accepts a limited number of connections and stops after a limited time.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private const int Backlog = 1100;
    private const int MostConnections = 16_000;
    private const int EventsAtOnce = 8;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new(Longest);
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly byte[] _first;
    private readonly List<byte[]> _rest;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="deltas">The number of deltas of an answer.</param>
    /// <param name="isHeld">Whether answers wait after the first delta.</param>
    public LoopbackServer(int deltas, bool isHeld = true)
    {
        var (first, last) = Payloads.Around(deltas);
        var events = Payloads.Deltas(deltas);
        _first = [.. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Chunk([first, events[0]])];
        _rest = [.. events.Skip(1).Append(last).Chunk(EventsAtOnce).Select(Chunk)];
        _rest[^1] = [.. _rest[^1], .. "0\r\n\r\n"u8];
        if (!isHeld)
        {
            _gate.SetResult();
        }

        _listener.Start(Backlog);
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://{_listener.LocalEndpoint}/v1");

    /// <summary>Releases all open streams, and holds later ones.</summary>
    public void LetGo() => Interlocked.Exchange(ref _gate, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var i = 0; i < MostConnections; i++)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                break;
            }
        }

        // Closes connections that were not accepted.
        _listener.Stop();
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[2048];
            try
            {
                while (await ReadRequestAsync(socket, buffer))
                {
                    var gate = _gate.Task;
                    await SendAsync(socket, _first);
                    await gate.WaitAsync(_end.Token);
                    foreach (var chunk in _rest)
                    {
                        await SendAsync(socket, chunk);
                    }
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client disconnected, or the time limit passed.
            }
        }
    }

    /// <summary>Reads a request; false when the connection is closed.</summary>
    private async Task<bool> ReadRequestAsync(Socket socket, byte[] buffer)
    {
        for (var count = 0; ;)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(count), _end.Token);
            count += more;
            var head = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
            if (more == 0)
            {
                return false;
            }

            if (head >= 0 && count >= head + 4 + Length(buffer.AsSpan(0, head)))
            {
                return true;
            }
        }
    }

    /// <summary>The length of the body that the head of a request announces.</summary>
    internal static int Length(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var value = head[(head.IndexOf(name) + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end]);
    }

    private async Task SendAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), _end.Token);
        }
    }

    private static byte[] Chunk(byte[][] parts) => [.. Encoding.ASCII.GetBytes($"{parts.Sum(static p => p.Length):x}\r\n"), .. parts.SelectMany(static p => p), .. "\r\n"u8];
}
