namespace Connectors.Grok.Transport.Http;

/// <summary>Limits the number of bytes read, so that an endless answer does not exhaust memory.</summary>
/// <param name="inner">The bytes; the caller's to dispose.</param>
/// <param name="mostOfAll">The maximum number of bytes in total; the count of <see cref="Restart"/> does not reset it.</param>
internal sealed class BoundedStream(Stream inner, long mostOfAll = BoundedStream.MostOfAll) : Stream
{
    /// <summary>The maximum size of one answer, or of one event of a stream, in decompressed bytes.</summary>
    public const int Most = 64 * 1024 * 1024;

    /// <summary>The maximum size of a stream in bytes: many times the size of the longest answer with one event per token.</summary>
    public const long MostOfAll = 1024L * 1024 * 1024;

    private long _left = Most;
    private long _all;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Resets the count after a complete event was read.</summary>
    public void Restart() => _left = Most;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _left -= count;
        _all += count;
        return _left < 0 ? throw new InvalidDataException($"The response body, or one event of a stream, is larger than {Most / 1024 / 1024} MiB.")
            : _all > mostOfAll ? throw new InvalidDataException($"The stream is longer than {mostOfAll / 1024 / 1024} MiB.")
            : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
