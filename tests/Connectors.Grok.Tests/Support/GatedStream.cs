namespace Connectors.Grok.Tests.Support;

/// <summary>A stream whose reads, end or disposal wait for a gate; it records the buffers that were read into.</summary>
internal sealed class GatedStream(byte[] bytes, Task? read = null, Task? release = null, Exception? end = null) : Stream
{
    private readonly MemoryStream _bytes = new(bytes);

    /// <summary>The buffers of all reads.</summary>
    public List<Memory<byte>> Buffers { get; } = [];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    // The cancellation token is ignored.
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Buffers.Add(buffer);
        await (read ?? Task.CompletedTask).ConfigureAwait(false);
        return _bytes.Read(buffer.Span) is var count and > 0 ? count : end is null ? 0 : throw end;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        await (read ?? Task.CompletedTask).ConfigureAwait(false);

    public override async ValueTask DisposeAsync()
    {
        await (release ?? Task.CompletedTask).ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");
}
