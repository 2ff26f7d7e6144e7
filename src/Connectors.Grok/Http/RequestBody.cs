using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Connectors.Grok.Http;

/// <summary>
/// A request's JSON, written once into a pooled buffer that all attempts send from. The buffer goes back when the owner and every attempt
/// that is still being sent have let go of it: a service may answer before it has read the request.
/// </summary>
internal sealed class RequestBody : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 16 * 1024;
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _count;
    private int _holders = 1;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _count);

    public static RequestBody Of<T>(T request, JsonTypeInfo<T> type)
    {
        var body = new RequestBody();
        try
        {
            using var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = type.Options.Encoder, SkipValidation = true });
            JsonSerializer.Serialize(writer, request, type);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>The content of one attempt.</summary>
    public HttpContent NewContent() => new Content(this);

    public void Advance(int count) => _count += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_bytes.Length - _count < Math.Max(sizeHint, 1))
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _count + sizeHint));
            _bytes.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_count);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private void Hold()
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            ObjectDisposedException.ThrowIf(holders == 0, this);
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);
    }

    private sealed class Content : HttpContent
    {
        private readonly RequestBody _body;

        public Content(RequestBody body)
        {
            _body = body;
            Headers.ContentType = Json;
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            _body.Hold();
            try
            {
                await stream.WriteAsync(_body.Bytes, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                _body.Dispose();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body._count;
            return true;
        }
    }
}
