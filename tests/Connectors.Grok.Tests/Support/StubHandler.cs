using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Tests.Support;

/// <summary>Returns canned replies in order and records requests. A request without a reply fails the test.</summary>
internal sealed partial class StubHandler : HttpMessageHandler
{
    private readonly Queue<Func<HttpResponseMessage>> _replies = new();

    public List<StubRequest> Requests { get; } = [];

    public string LastBody => Requests[^1].Body;

    public JsonObject LastJson => (JsonObject)JsonNode.Parse(LastBody)!;

    public StubHandler Json(string body, int status = 200, params (string Name, string Value)[] headers) =>
        Reply(() => Answer(status, new StringContent(body, Encoding.UTF8, "application/json"), headers));

    public StubHandler Text(string body, string mediaType, int status = 200, params (string Name, string Value)[] headers) =>
        Reply(() => Answer(status, new StringContent(body, Encoding.UTF8, mediaType), headers));

    public StubHandler Sse(params string[] frames) => Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(Frames(frames))));

    public StubHandler Stream(Func<Stream> body) => Reply(() =>
    {
        var content = new StreamContent(body());
        content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
        return Answer(200, content, []);
    });

    public StubHandler Throws(Exception exception) => Reply(() => throw exception);

    public StubHandler Reply(Func<HttpResponseMessage> reply)
    {
        _replies.Enqueue(reply);
        return this;
    }

    /// <summary>Frames in the wire format, with consecutive numbers where they have sequence numbers.</summary>
    public static string Frames(params string[] frames) => string.Concat(frames.Select(static (f, i) => $"data: {Number().Replace(f, $"\"sequence_number\":{i}", 1)}\n\n"));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add(new StubRequest(request.Method, request.RequestUri!, body, request.Headers.ToDictionary(static h => h.Key, static h => string.Join(",", h.Value))));
        cancellationToken.ThrowIfCancellationRequested();
        Assert.True(_replies.Count > 0, $"There is no reply for {request.Method} {request.RequestUri}: {body}");
        var response = _replies.Dequeue()();
        response.RequestMessage = request;
        return response;
    }

    [GeneratedRegex("\"sequence_number\":[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex Number();

    private static HttpResponseMessage Answer(int status, HttpContent content, (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = content };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}

internal sealed record StubRequest(HttpMethod Method, Uri Uri, string Body, IReadOnlyDictionary<string, string> Headers);
