using System.Net;
using System.Net.Http.Headers;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>Answers every request with the same bytes, without a network, and counts the bytes of the request.</summary>
internal sealed class MemoryTransport(byte[] answer, string mediaType) : HttpMessageHandler
{
    public static readonly Uri Endpoint = new("http://127.0.0.1:1/v1");

    private static readonly byte[] Forgotten = """{"code":"not-found","error":"Response with id=r1 not found"}"""u8.ToArray();
    private static readonly byte[] Request = """{"model":"grok-4.7","input":[{"type":"message","role":"user","content":"q"}],"stream":true}"""u8.ToArray();

    /// <summary>The size of the last request body.</summary>
    public long Sent { get; private set; }

    /// <summary>The size below which a request is answered with status 404, as by a service that no longer has the response with which it continues; 0 for none.</summary>
    public long ForgetsBelow { get; init; }

    /// <summary>The last request body; null when it is not kept.</summary>
    public MemoryStream? Body { get; init; }

    public static MemoryTransport Events(byte[] events) => new(events, "text/event-stream");

    public static MemoryTransport Json(byte[] json) => new(json, "application/json");

    public HttpClient NewClient() => new(this, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

    public GrokChatClient NewGrok(bool alwaysStream = true) => new(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Endpoint, AlwaysStream = alwaysStream }, NewClient());

    /// <summary>Sends a request as a program without a client library would.</summary>
    public static HttpRequestMessage BareRequest(byte[]? body = null) => BareRequest(Endpoint, body);

    public static HttpRequestMessage BareRequest(Uri endpoint, byte[]? body = null) =>
        new(HttpMethod.Post, endpoint.AbsoluteUri + "/responses") { Content = new ByteArrayContent(body ?? Request) };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sink = new CountingStream(Body);
        await request.Content!.CopyToAsync(sink, cancellationToken);
        Sent = sink.Count;
        var (status, body, type) = Sent < ForgetsBelow ? (HttpStatusCode.NotFound, Forgotten, "application/json") : (HttpStatusCode.OK, answer, mediaType);
        var content = new StreamContent(new MemoryStream(body, writable: false));
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return new HttpResponseMessage(status) { Content = content, RequestMessage = request };
    }
}
