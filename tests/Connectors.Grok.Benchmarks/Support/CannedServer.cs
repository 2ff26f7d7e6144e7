using System.Net.Sockets;
using System.Text;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// Answers each request with the next of its event streams, and begins again after the last one. Like other servers it sends the end of a body apart from the last event.
/// </summary>
internal sealed class CannedServer : SocketServer
{
    private const int ReadSize = 64 * 1024;

    private readonly byte[][] _answers;
    private int _requests;

    public CannedServer(params IEnumerable<byte[]> streams)
        : base(ReadSize)
    {
        _answers = [.. streams.Select(static s => (byte[])
        [
            .. "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8, .. Encoding.ASCII.GetBytes($"{s.Length:x}\r\n"), .. s, .. "\r\n"u8,
        ])];
        Start();
    }

    /// <summary>The number of requests.</summary>
    public int Requests => Volatile.Read(ref _requests);

    protected override async Task AnswerAsync(Socket socket)
    {
        await SendAsync(socket, _answers[(Interlocked.Increment(ref _requests) - 1) % _answers.Length]);
        await SendAsync(socket, "0\r\n\r\n"u8.ToArray());
    }
}
