namespace Connectors.Grok.Conversations.History;

/// <summary>Reads a document from a stream and counts its bytes, so that one that is too large is rejected before it fills the memory.</summary>
/// <param name="source">The stream; stays open.</param>
/// <param name="most">The largest number of bytes.</param>
internal sealed class DocumentStream(Stream source, long most) : Stream
{
    private long _count;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _count;
        set => throw new NotSupportedException();
    }

    /// <exception cref="InvalidDataException">The document is too large.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        _count += count;
        return _count <= most ? count : throw new InvalidDataException(
            $"The document is larger than {most} bytes, which is the limit of {nameof(ConversationOptions)}.{nameof(ConversationOptions.MaxImportBytes)}. Raise the limit if you trust its source.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
