namespace Connectors.Grok.Tests.Support;

/// <summary>Returns its bytes a few at a time, and then ends, throws or stalls.</summary>
internal sealed class DripStream(byte[] bytes, int atOnce, DripEnd end = DripEnd.Closes) : Stream
{
    private int _position;

    public bool IsDisposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_position == bytes.Length)
        {
            switch (end)
            {
                case DripEnd.Breaks:
                    throw new IOException("The connection was reset.");
                case DripEnd.Stalls:
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                    break;
            }

            return 0;
        }

        var count = Math.Min(Math.Min(atOnce, buffer.Length), bytes.Length - _position);
        bytes.AsMemory(_position, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsDisposed = true;
        base.Dispose(disposing);
    }
}

internal enum DripEnd
{
    Closes,
    Breaks,
    Stalls,
}
