namespace Connectors.Grok.Transport.Http;

/// <summary>Lets a bounded number of bytes through: a service that never ends its answer must not fill the memory.</summary>
/// <param name="inner">The bytes; the caller's to dispose.</param>
/// <param name="mostOfAll">The most bytes in all, however often the count is reset.</param>
internal sealed class BoundedStream(Stream inner, long mostOfAll = BoundedStream.MostOfAll) : Stream
{
    /// <summary>The most bytes of one answer, or of one event of a stream, unpacked.</summary>
    public const int Most = 64 * 1024 * 1024;

    /// <summary>The most bytes of a stream: many times what the longest answer takes, an event for each of its tokens.</summary>
    public const long MostOfAll = 1024L * 1024 * 1024;

    private long _left = Most;
    private long _all;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Resets the count: something whole was read.</summary>
    public void Restart() => _left = Most;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _left -= count;
        _all += count;
        return _left < 0 ? throw new InvalidDataException($"One piece of it is longer than {Most / 1024 / 1024} MiB.")
            : _all > mostOfAll ? throw new InvalidDataException($"It does not end within {mostOfAll / 1024 / 1024} MiB.")
            : count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
