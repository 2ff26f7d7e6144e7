using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// A request's JSON, written once into pooled buffers that all attempts send from. They are returned when the owner and every attempt
/// that is still being sent have released it: a service may answer before it has read the request.
/// </summary>
internal class RequestBody : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly SegmentedBuffer _bytes = new();
    private int _holders = 1;

    /// <summary>The JSON; empty for a body of another kind.</summary>
    public ReadOnlySequence<byte> Bytes => _bytes.Sequence;

    /// <summary>Whether the body can be sent more than once.</summary>
    public virtual bool IsRepeatable => true;

    public static RequestBody Create<T>(T request, JsonTypeInfo<T> type) =>
        Create(writer => JsonSerializer.Serialize(writer, request, type), type.Options.Encoder);

    public static RequestBody Create(Action<Utf8JsonWriter> write, JavaScriptEncoder? encoder)
    {
        var body = new RequestBody();
        try
        {
            using var writer = new Utf8JsonWriter(body._bytes, new JsonWriterOptions { Encoder = encoder, SkipValidation = true });
            write(writer);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Creates the content of one attempt.</summary>
    public virtual HttpContent NewContent() => new Content(this);

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _bytes.Dispose();
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
                foreach (var part in _body.Bytes)
                {
                    await stream.WriteAsync(part, cancellationToken).ConfigureAwait(false);
                }
            }
            finally
            {
                _body.Dispose();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _body._bytes.Count;
            return true;
        }
    }
}
