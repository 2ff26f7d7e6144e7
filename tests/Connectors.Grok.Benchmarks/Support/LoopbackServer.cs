using System.Net.Sockets;
using System.Text;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>
/// Answers each request with the first frames, waits until it is released, unless it holds nothing, and sends the rest a few events at a time.
/// </summary>
internal sealed class LoopbackServer : SocketServer
{
    private const int ReadSize = 2048;
    private const int EventsAtOnce = 8;

    private readonly byte[] _first;
    private readonly List<byte[]> _rest;
    private volatile TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="deltas">The number of deltas of an answer.</param>
    /// <param name="isHeld">Whether answers wait after the first delta.</param>
    public LoopbackServer(int deltas, bool isHeld = true)
        : base(ReadSize)
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

        Start();
    }

    /// <summary>Releases all open streams, and holds later ones.</summary>
    public void LetGo() => Interlocked.Exchange(ref _gate, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    protected override async Task AnswerAsync(Socket socket)
    {
        var gate = _gate.Task;
        await SendAsync(socket, _first);
        await gate.WaitAsync(End);
        foreach (var chunk in _rest)
        {
            await SendAsync(socket, chunk);
        }
    }

    private static byte[] Chunk(byte[][] parts) => [.. Encoding.ASCII.GetBytes($"{parts.Sum(static p => p.Length):x}\r\n"), .. parts.SelectMany(static p => p), .. "\r\n"u8];
}
