using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Moq;

namespace Connectors.Grok.Tests;

public class GrokResponsesClientTests
{
    private static readonly CreateResponseRequest Request = new() { Model = "grok-4.7", Stream = true, Input = [new MessageItem { Role = "user", Content = [new InputTextPart("q")] }] };

    private readonly StubHandler _handler = new();

    private GrokResponsesClient Client() => new(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint }, new HttpClient(_handler));

    [Fact]
    public async Task CreateAsync_and_StreamAsync_override_the_stream_member()
    {
        using var single = new GrokResponsesClient(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint, AlwaysStream = false }, new HttpClient(_handler));
        using var client = Client();
        _handler.Json(Some.Answer(Some.Message("ok"))).Json(Some.Answer(Some.Message("ok"))).Sse(Some.Created, "{\"type\":\"response.hologram\"}", Some.TextDelta("ok"), Some.Completed(Some.Message("ok")), "[DONE]");

        var response = await single.CreateAsync(Request);
        Assert.False(_handler.LastJson.ContainsKey("stream"));
        Assert.Equal("ok", Assert.IsType<OutputTextPart>(Assert.IsType<MessageItem>(response.Output![0]).Content![0]).Text);

        response = await client.CreateAsync(Request with { Stream = false });
        Assert.True((bool?)_handler.LastJson["stream"]);
        Assert.Equal("ok", Assert.IsType<OutputTextPart>(Assert.IsType<MessageItem>(response.Output![0]).Content![0]).Text);

        var events = await client.StreamAsync(Request with { Stream = false }).ToListAsync();
        Assert.True((bool?)_handler.LastJson["stream"]);
        Assert.Equal(["response.created", "response.hologram", "response.output_text.delta", "response.completed"], events.Select(static e => e.Type));
        Assert.Equal("response.hologram", Assert.IsType<UnknownEvent>(events[1]).Json.GetProperty("type").GetString());
        Assert.Equal(2, events[2].SequenceNumber);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(4096)]
    [InlineData(1_000_000)]
    public async Task Long_response_is_read_for_any_read_size(int atOnce)
    {
        using var client = Client();
        var text = new string('x', 40_000);
        var bytes = System.Text.Encoding.UTF8.GetBytes(Some.Answer(Some.Reasoning(Some.Summary("s")) + "," + Some.Message(text), more: "\"completed_at\":{\"odd\":[1]}"));
        _handler.Reply(() => new HttpResponseMessage { Content = new StreamContent(new DripStream(bytes, atOnce)) { Headers = { ContentType = new("application/json") } } });
        var response = await client.CreateAsync(Request);
        Assert.Equal(text, Assert.IsType<OutputTextPart>(Assert.IsType<MessageItem>(response.Output![1]).Content![0]).Text);
    }

    [Fact]
    public async Task ListModelsAsync_and_DeleteAsync_return_typed_results()
    {
        using var client = Client();
        _handler.Json("""{"object":"list","data":[{"id":"grok-4.7","created":1754000000,"object":"model","owned_by":"xai","aliases":["a"],"context_length":500000}]}""")
            .Json("{}").Json("""{"id":"r","object":"response","deleted":true}""");
        var model = Assert.Single(await client.ListModelsAsync());
        Assert.Equal(("grok-4.7", "xai", 500000L, 1754000000L), (model.Id, model.OwnedBy, model.ContextLength, model.Created));
        Assert.Empty(await client.ListModelsAsync());
        Assert.True((await client.DeleteAsync("r")).Deleted);
    }

    [Fact]
    public async Task Responses_client_checks_arguments_when_the_method_is_called()
    {
        using var client = new GrokResponsesClient(new GrokChatClientOptions { Endpoint = Some.Endpoint });
        await Assert.ThrowsAsync<ArgumentNullException>("request", () => client.CreateAsync(null!));
        Assert.Throws<ArgumentNullException>("request", () => { client.StreamAsync(null!); });
        Assert.Throws<ArgumentNullException>("httpClient", () => new GrokResponsesClient(new GrokChatClientOptions { Endpoint = Some.Endpoint }, null!));
    }

    [Fact]
    public async Task Broken_connection_inside_a_json_response_is_StreamBroken()
    {
        using var client = Client();
        foreach (var stream in (bool[])[false, true])
        {
            _handler.Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream("{\"id\":"u8.ToArray(), 3, DripEnd.Breaks)) { Headers = { ContentType = new("application/json") } } });
            var e = await Assert.ThrowsAsync<GrokException>(() => stream ? client.StreamAsync(Request).ToListAsync() : client.CreateAsync(Request));
            Assert.Equal(GrokErrorKind.StreamBroken, e.Kind);
        }
    }

    [Fact]
    public async Task StreamAsync_can_be_cancelled_while_it_reads_a_json_response()
    {
        using var client = Client();
        using var cancel = new CancellationTokenSource();
        _handler.Reply(static () => new HttpResponseMessage { Content = new StreamContent(new DripStream("{\"id\":"u8.ToArray(), 3, DripEnd.Stalls)) { Headers = { ContentType = new("application/json") } } });
        var call = client.StreamAsync(Request, cancel.Token).ToListAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Error_with_a_truncated_body_keeps_its_status()
    {
        using var client = Client();
        _handler.Reply(static () => new HttpResponseMessage(System.Net.HttpStatusCode.BadGateway) { Content = new StreamContent(new DripStream("half"u8.ToArray(), 2, DripEnd.Breaks)) });
        var e = await Assert.ThrowsAsync<GrokException>(() => client.CreateAsync(Request));
        Assert.Equal((502, GrokErrorKind.Server), (e.Status, e.Kind));
    }

    [Fact]
    public void Unknown_wire_records_keep_their_type()
    {
        var json = JsonDocument.Parse("""{"type":"x"}""").RootElement;
        Assert.Equal(["x", "x", "x", "x", "x", "error"], ((TaggedObject[])[new UnknownItem("x", json), new UnknownPart("x", json), new UnknownAnnotation("x", json), new UnknownTool("x", json), new UnknownEvent("x", json), new ErrorEvent(json)]).Select(static o => o.Type));
    }

    [Fact]
    public async Task Responses_client_methods_can_be_mocked()
    {
        var mock = new Mock<GrokResponsesClient>();
        var response = new GrokResponse { Id = "r1" };
        ResponseEvent e = new LifecycleEvent("response.completed") { Response = response };
        mock.Setup(static c => c.CreateAsync(Request, default)).ReturnsAsync(response);
        mock.Setup(static c => c.StreamAsync(Request, default)).Returns(new[] { e }.ToAsyncEnumerable());
        mock.Setup(static c => c.GetAsync("r1", default)).ReturnsAsync(response);
        mock.Setup(static c => c.DeleteAsync("r1", default)).ThrowsAsync(new GrokException(GrokErrorKind.UnknownResponse, "Gone."));
        mock.Setup(static c => c.ListModelsAsync(default)).ReturnsAsync([new GrokModel { Id = "grok-4.7" }]);
        using var client = mock.Object;

        Assert.Same(response, await client.CreateAsync(Request));
        Assert.Equal([e], await client.StreamAsync(Request).ToListAsync());
        Assert.Same(response, await client.GetAsync("r1"));
        Assert.Equal(GrokErrorKind.UnknownResponse, (await Assert.ThrowsAsync<GrokException>(() => client.DeleteAsync("r1"))).Kind);
        Assert.Equal("grok-4.7", Assert.Single(await client.ListModelsAsync()).Id);
    }

    [Fact]
    public async Task Mock_throws_for_a_method_that_is_not_overridden()
    {
        var mock = new Mock<GrokResponsesClient> { CallBase = true };
        using var client = mock.Object;
        Assert.Contains("mocking", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.ListModelsAsync())).Message, StringComparison.Ordinal);
    }
}
