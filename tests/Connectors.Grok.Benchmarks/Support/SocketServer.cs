using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// A minimal server on loopback. It reads a request up to its end without parsing it, so that its own cost hardly depends on the length of the request. Accepts a limited
/// number of connections and stops after a limited time.
/// </summary>
/// <param name="readSize">The size of the buffer of a connection, in bytes; the head of a request must fit into it.</param>
internal abstract class SocketServer(int readSize) : IAsyncDisposable
{
    private const int Backlog = 1100;
    private const int MostConnections = 16_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new(Longest);
    private readonly ConcurrentBag<Task> _connections = [];
    private Task _accepting = Task.CompletedTask;
    private long _received;

    public Uri Endpoint => new($"http://{_listener.LocalEndpoint}/v1");

    /// <summary>The bytes of all requests, with their headers.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>The number of connections that were opened.</summary>
    public int Connections => _connections.Count;

    /// <summary>Ends when the server does.</summary>
    protected CancellationToken End => _end.Token;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _end.Dispose();
    }

    /// <summary>Begins to accept connections.</summary>
    protected void Start()
    {
        _listener.Start(Backlog);
        _accepting = AcceptAsync();
    }

    /// <summary>Answers a request.</summary>
    protected abstract Task AnswerAsync(Socket socket);

    protected async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await socket.SendAsync(bytes, End)..];
        }
    }

    private async Task AcceptAsync()
    {
        for (var i = 0; i < MostConnections; i++)
        {
            try
            {
                _connections.Add(ServeAsync(await _listener.AcceptSocketAsync(End)));
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
            var buffer = new byte[readSize];
            try
            {
                while (await ReadRequestAsync(socket, buffer))
                {
                    await AnswerAsync(socket);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The client disconnected, the server was disposed, or the time limit passed.
            }
        }
    }

    /// <summary>Reads a request; false when the connection is closed.</summary>
    private async Task<bool> ReadRequestAsync(Socket socket, byte[] buffer)
    {
        var (count, head) = (0, -1);
        while (head < 0)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(count), End);
            if (more == 0)
            {
                return false;
            }

            count += more;
            head = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8);
        }

        var length = head + "\r\n\r\n".Length + BodyLength(buffer.AsSpan(0, head));
        for (var left = length - count; left > 0;)
        {
            var more = await socket.ReceiveAsync(buffer, End);
            if (more == 0)
            {
                return false;
            }

            left -= more;
        }

        Interlocked.Add(ref _received, length);
        return true;
    }

    /// <summary>The length of the body that the head of a request announces.</summary>
    private static int BodyLength(ReadOnlySpan<byte> head)
    {
        var name = "Content-Length: "u8;
        var value = head[(head.IndexOf(name) + name.Length)..];
        var end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end]);
    }
}
