namespace Connectors.Grok.Transport.Http;

/// <summary>The bytes of an answer, read as they arrive. Owns the connection and the deadline of the call.</summary>
/// <param name="inner">The bytes.</param>
/// <param name="answer">The answer that they belong to.</param>
/// <param name="deadline">The deadline of the call.</param>
internal sealed class AnswerStream(Stream inner, HttpResponseMessage answer, Deadline deadline) : Stream
{
    /// <summary>The media type of the answer; null when it has none.</summary>
    public string? MediaType => answer.Content.Headers.ContentType?.MediaType;

    /// <summary>The name of the file; null when the answer has none.</summary>
    public string? FileName => (answer.Content.Headers.ContentDisposition?.FileNameStar ?? answer.Content.Headers.ContentDisposition?.FileName)?.Trim('"');

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await inner.ReadAsync(buffer, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw deadline.Explain(e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new GrokException(GrokErrorKind.StreamBroken, "The connection broke in the middle of the file.", e);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

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
            inner.Dispose();
            answer.Dispose();
            deadline.Dispose();
        }

        base.Dispose(disposing);
    }
}
