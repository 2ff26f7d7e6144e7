using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>A complete body in one pooled buffer. Complete JSON is parsed once, whereas parsing in pieces would restart items.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstSize = 16 * 1024;
    private readonly PooledBuffer<byte> _bytes;

    private PooledBody(int size) => _bytes = new PooledBuffer<byte>(size);

    /// <summary>The bytes, without a byte order mark.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.Span is var all && all.StartsWith("\uFEFF"u8) ? all[3..] : all;

    /// <exception cref="InvalidDataException">The body is longer than <see cref="BoundedStream.Most"/>.</exception>
    public static async Task<PooledBody> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        // An announced length is trusted only up to a harmless buffer size.
        var body = new PooledBody((int)Math.Clamp((content.Headers.ContentLength ?? 0) + 1, FirstSize, 64 * FirstSize));
        try
        {
            var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                await body.FillAsync(new BoundedStream(stream), cancellationToken).ConfigureAwait(false);
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose() => _bytes.Dispose();

    private async Task FillAsync(BoundedStream stream, CancellationToken cancellationToken)
    {
        while (await stream.ReadAsync(_bytes.GetMemory(), cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            _bytes.Advance(read);
        }
    }
}
