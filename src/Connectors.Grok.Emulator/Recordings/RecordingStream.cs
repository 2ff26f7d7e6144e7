using System.Text;

namespace Connectors.Grok.Emulator.Recordings;

/// <summary>A read-through stream that records a response event by event, until it ends, fails or is disposed.</summary>
internal sealed class RecordingStream(Stream inner, Func<long> elapsed, Action<IReadOnlyList<RecordedChunk>, bool> finish) : Stream
{
    private const string EventEnd = "\n\n";

    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _pending = new();
    private readonly List<RecordedChunk> _chunks = [];
    private bool _finished;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        try
        {
            return Record(buffer.AsSpan(offset, inner.Read(buffer, offset, count)), count);
        }
        catch (Exception) when (Finish(isCut: true))
        {
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return Record(buffer.Span[..read], buffer.Length);
        }
        catch (Exception) when (Finish(isCut: true))
        {
            throw;
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Finish(isCut: false);
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Record(ReadOnlySpan<byte> bytes, int wanted)
    {
        if (bytes.IsEmpty && wanted > 0)
        {
            Finish(isCut: false);
            return 0;
        }

        var characters = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        _pending.Append(characters, 0, _decoder.GetChars(bytes, characters, flush: false));
        var text = _pending.ToString();
        var end = text.LastIndexOf(EventEnd, StringComparison.Ordinal);
        if (end >= 0)
        {
            _chunks.Add(new RecordedChunk(elapsed(), text[..(end + EventEnd.Length)]));
            _pending.Clear().Append(text.AsSpan(end + EventEnd.Length));
        }

        return bytes.Length;
    }

    private bool Finish(bool isCut)
    {
        if (_finished)
        {
            return true;
        }

        _finished = true;
        if (_pending.Length > 0)
        {
            _chunks.Add(new RecordedChunk(elapsed(), _pending.ToString()));
        }

        finish(_chunks, isCut);
        return true;
    }
}
