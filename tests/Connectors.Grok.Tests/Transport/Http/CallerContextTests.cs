using System.Net;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>The library does not resume on the caller's synchronization context: a blocked or busy one would delay it.</summary>
public class CallerContextTests
{
    private const string Response = """{"id":"r","status":"completed","output":[]}""";
    private const string LastEvent = $$"""data: {"type":"response.completed","response":{{Response}}}""" + "\n\n";
    private static readonly byte[] Models = """{"data":[]}"""u8.ToArray();

    [Theory]
    [InlineData(200, "answer", false)]
    [InlineData(200, "open", false)]
    [InlineData(200, "open", true)]
    [InlineData(200, "read", false)]
    [InlineData(200, "read", true)]
    [InlineData(200, "release", false)]
    [InlineData(500, "open", false)]
    [InlineData(500, "read", false)]
    [InlineData(500, "release", false)]
    public Task Request_does_not_capture_the_callers_context(int status, string heldUp, bool isLogged) => CallerContext.IsNotUsed(async gate =>
    {
        Task GateOf(string what) => heldUp == what ? gate : Task.CompletedTask;
        using var http = Http(new GatedHandler((GateOf("answer"), () => new((HttpStatusCode)status)
        {
            Content = new GatedContent(new GatedStream(Models, GateOf("read"), GateOf("release")), GateOf("open")),
        })), isLogged);
        try
        {
            Assert.NotNull((await http.SendAsync(HttpMethod.Get, "models", WireJson.Context.ListModelsResult, default).ConfigureAwait(false)).Answer.Data);
            Assert.Equal(200, status);
        }
        catch (GrokException e)
        {
            Assert.Equal(status, e.Status);
        }
    });

    [Fact]
    public Task Stream_start_does_not_capture_the_callers_context() => CallerContext.IsNotUsed(async gate =>
    {
        using var http = Http(new GatedHandler((gate, static () => new() { Content = new StringContent(LastEvent, null, "text/event-stream") })));
        var events = http.StreamAsync(new CreateResponseRequest { Model = "grok-4.7" }, null, default).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync().ConfigureAwait(false));
        await events.DisposeAsync().ConfigureAwait(false);
    });

    [Fact]
    public Task Next_stream_event_does_not_capture_the_callers_context() => CallerContext.IsNotUsed(async gate =>
    {
        var settings = Some.Settings();
        using var deadline = new Deadline(settings, null, default);
        using var events = new EventStream(new BoundedStream(new GatedStream("data: {\"type\":\"a\"}\n\n"u8.ToArray(), gate)), new ResponseHeaders(null, false), deadline, settings, null);
        Assert.True(await events.NextAsync().ConfigureAwait(false));
    });

    [Fact]
    public Task Queued_request_does_not_capture_the_callers_context() => CallerContext.IsNotUsed(async gate =>
    {
        static HttpResponseMessage Answer() => new() { Content = new ByteArrayContent(Models) };
        using var http = Http(new GatedHandler((gate, Answer), (Task.CompletedTask, Answer)), configure: static o => (o.MaxConcurrentRequests, o.MaxQueuedRequests) = (1, 1));
        var first = http.SendAsync(HttpMethod.Get, "models", WireJson.Context.ListModelsResult, default);
        Assert.NotNull((await http.SendAsync(HttpMethod.Get, "models", WireJson.Context.ListModelsResult, default).ConfigureAwait(false)).Answer.Data);
        Assert.NotNull((await first.ConfigureAwait(false)).Answer.Data);
    });

    [Fact]
    public Task Resend_without_a_rejected_parameter_does_not_capture_the_callers_context() => CallerContext.IsNotUsed(async gate =>
    {
        using var http = Http(
            new GatedHandler(
                (Task.CompletedTask, static () => new(HttpStatusCode.BadRequest) { Content = new ByteArrayContent("""{"error":"Argument not supported: temperature"}"""u8.ToArray()) }),
                (gate, static () => new() { Content = new StringContent(Response) })),
            configure: static o => o.DropRefusedParameters = true);
        Assert.Equal("r", (await http.CreateAsync(new CreateResponseRequest { Temperature = 1 }, default).ConfigureAwait(false)).Id);
    });

    [Fact]
    public Task Sending_does_not_capture_the_callers_context() => CallerContext.IsNotUsed(async gate =>
    {
        using var body = RequestBody.Create(
            static writer =>
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            },
            null);
        using var content = body.NewContent();
        await content.CopyToAsync(new GatedStream([], gate)).ConfigureAwait(false);
    });

    private static GrokHttp Http(HttpMessageHandler handler, bool isLogged = false, Action<GrokChatClientOptions>? configure = null) =>
        new(Some.Settings(o =>
        {
            (o.LogSensitiveData, o.LoggerFactory) = (isLogged, isLogged ? new ListLogger() : null);
            configure?.Invoke(o);
        }), new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan });
}
