using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Http;

/// <summary>Reads request bodies with two limits: one for each body, and one for all bodies that are in memory at the same time.</summary>
internal sealed class BodyReader(int maxBytes)
{
    /// <summary>
    /// The number of bytes that are read of a request that is rejected whatever its body is. xAI reports errors of the body before those of the key,
    /// so that a short body is read in any case.
    /// </summary>
    public const int UnacceptedBytes = 64 * 1024;

    private const int BufferBytes = 16 * 1024;
    private const int ConcurrentBodies = 4;

    private readonly long _maxHeld = (long)maxBytes * ConcurrentBodies;
    private long _held;

    /// <summary>Reads the body of a request. The caller disposes the result when it needs the body no more.</summary>
    /// <param name="http">The request.</param>
    /// <param name="rejection">Returns the error of a request that is rejected whatever its body is; null for none. Called only for a body that is longer than <see cref="UnacceptedBytes"/>.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <exception cref="ApiException">The body is too long, or the request is rejected. The rest of the body is not read.</exception>
    public async Task<HeldBody> ReadAsync(HttpContext http, Func<ApiException?> rejection, CancellationToken cancellationToken)
    {
        var declared = http.Request.ContentLength ?? 0;
        var isAccepted = declared > UnacceptedBytes && Accept(rejection, declared);
        var body = new HeldBody(this);
        try
        {
            using var read = new MemoryStream((int)Math.Min(declared, BufferBytes));
            var buffer = new byte[BufferBytes];
            while (await http.Request.Body.ReadAsync(buffer, cancellationToken) is > 0 and var count)
            {
                var length = read.Length + count;
                if (length > UnacceptedBytes)
                {
                    isAccepted = isAccepted || Accept(rejection, length);
                    CheckLength(length);
                }

                body.Hold(count, _maxHeld);
                read.Write(buffer, 0, count);
            }

            body.Bytes = read.ToArray();
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    private bool Accept(Func<ApiException?> rejection, long length)
    {
        if (rejection() is { } rejected)
        {
            throw rejected;
        }

        CheckLength(length);
        return true;
    }

    private void CheckLength(long length)
    {
        if (length > maxBytes)
        {
            throw new ApiException(StatusCodes.Status413PayloadTooLarge, "emulator-body", $"The request body is longer than the {maxBytes} bytes that this emulator accepts (MaxRequestBytes).");
        }
    }

    /// <summary>A body in memory, which counts towards the limit of all bodies until it is disposed.</summary>
    internal sealed class HeldBody(BodyReader reader) : IDisposable
    {
        private long _bytes;

        public byte[] Bytes { get; set; } = [];

        public void Hold(int count, long limit)
        {
            _bytes += count;
            if (Interlocked.Add(ref reader._held, count) > limit)
            {
                throw new ApiException(StatusCodes.Status503ServiceUnavailable, "emulator-busy", "The emulator is reading as many request bodies as it keeps in memory at the same time. Send the request again.");
            }
        }

        public void Dispose()
        {
            Interlocked.Add(ref reader._held, -_bytes);
            _bytes = 0;
        }
    }
}
