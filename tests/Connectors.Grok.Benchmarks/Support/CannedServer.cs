using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// A minimal server on loopback: answers each request with the next of its event streams, and begins again after the last one. It reads a request up to its end without parsing it, so that its
/// own cost hardly depends on the length of the request. Like other servers it sends the end of a body apart from the last event.
/// </summary>
internal sealed class CannedServer : IAsyncDisposable
{
    private const int Backlog = 100;
    private const int ReadSize = 64 * 1024;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly byte[][] _answers;
    private readonly Task _accepting;
    private int _requests;
    private long _received;

    public CannedServer(params IEnumerable<byte[]> streams)
    {
        _answers = [.. streams.Select(static s => (byte[])
        [
            .. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Encoding.ASCII.GetBytes($"{s.Length:x}\r\n"), .. s, .. "\r\n"u8,
        ])];
        _listener.Start(Backlog);
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://{_listener.LocalEndpoint}/v1");

    /// <summary>The number of requests.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The bytes of all requests, with their headers.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The number of connections that were opened.</summary>
    public int Connections => _connections.Count;

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
        try
        {
            while (true)
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(_end.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // The server was disposed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            socket.NoDelay = true;
            var buffer = new byte[ReadSize];
            try
            {
                while (await ReadRequestAsync(socket, buffer))
                {
                    await SendAsync(socket, _answers[(Interlocked.Increment(ref _requests) - 1) % _answers.Length]);
                    await SendAsync(socket, "0\r\n\r\n"u8.ToArray());
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client disconnected, or the server was disposed.
            }
        }
    }

    /// <summary>Reads a request; false when the connection is closed.</summary>
    private async Task<bool> ReadRequestAsync(Socket socket, byte[] buffer)
    {
        var (count, head) = (0, -1);
        while (head < 0)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(count), _end.Token);
            if (more == 0)
            {
                return false;
            }

            count += more;
            head = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
        }

        var length = head + "\r\n\r\n".Length + LoopbackServer.Length(buffer.AsSpan(0, head));
        for (var left = length - count; left > 0;)
        {
            var more = await socket.ReceiveAsync(buffer, _end.Token);
            if (more == 0)
            {
                return false;
            }

            left -= more;
        }

        Interlocked.Add(ref _received, length);
        return true;
    }

    private async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, _end.Token)..];
        }
    }
}
