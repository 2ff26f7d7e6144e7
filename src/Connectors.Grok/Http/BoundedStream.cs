namespace Connectors.Grok.Http;

/// <summary>Lets a bounded number of bytes through: a service that never ends its answer must not fill the memory.</summary>
internal sealed class BoundedStream(Stream inner) : Stream
{
    /// <summary>The most bytes of one answer, or of one event of a stream.</summary>
    public const int Most = 256 * 1024 * 1024;

    private long _left = Most;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Something whole was read; the count begins anew.</summary>
    public void Restart() => _left = Most;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _left -= count;
        return _left >= 0 ? count : throw new InvalidDataException($"The answer is longer than {Most / 1024 / 1024} MiB.");
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
