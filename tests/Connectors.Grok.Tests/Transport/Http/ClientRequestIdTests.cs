using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>The header <c>x-client-request-id</c>.</summary>
public class ClientRequestIdTests
{
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_call_has_one_UUID_for_all_of_its_attempts(bool isStreamed)
    {
        using var client = Client();
        _handler.Json("{}", 503).Json(Some.Answer(Some.Message("a"))).Json(Some.Answer(Some.Message("b")));
        await client.Ask(isStreamed, [new(ChatRole.User, "q")]);
        await client.Ask(isStreamed, [new(ChatRole.User, "q")]);
        var ids = _handler.Requests.ConvertAll(static r => r.Headers["x-client-request-id"]);
        Assert.Equal(ids[0], ids[1]);
        Assert.NotEqual(ids[1], ids[2]);
        Assert.All(ids, static id => Assert.True(Guid.TryParseExact(id, "D", out _)));
        Assert.Contains(ids[0], Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Caller_may_set_the_id_and_finds_it_in_the_exception()
    {
        using var client = Client();
        var options = new ChatOptions().WithClientRequestId("my-id-1");
        foreach (var isStreamed in (bool[])[true, false])
        {
            _handler.Json("""{"error":"No."}""", 400, ("x-request-id", "theirs"));
            var e = await Assert.ThrowsAsync<GrokException>(() => client.Ask(isStreamed, [new(ChatRole.User, "q")], options));
            Assert.Equal(("my-id-1", "theirs", "my-id-1"), (e.ClientRequestId, e.RequestId, _handler.Requests[^1].Headers["x-client-request-id"]));
            Assert.False(_handler.LastJson.ContainsKey("client_request_id"));
        }

        _handler.Sse(Some.Created, "{");
        var broken = await Assert.ThrowsAsync<GrokException>(() => client.GetStreamingResponseAsync("q", options).ToListAsync());
        Assert.Equal(("my-id-1", Some.Id), (broken.ClientRequestId, broken.ResponseId));
        Assert.Equal("my-id-1", broken.With("Other.", null).ClientRequestId);
    }

    [Fact]
    public async Task Raw_request_may_set_the_id()
    {
        using var client = Client(static o => o.AlwaysStream = false);
        _handler.Json(Some.Answer(Some.Message("a"))).Json("{}").Json("""{"data":[]}""");
        await client.GetResponseAsync("q", new() { RawRepresentationFactory = static _ => new CreateResponseRequest { ClientRequestId = "raw" } });
        Assert.Equal("raw", _handler.Requests[0].Headers["x-client-request-id"]);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetService<GrokResponsesClient>()!.CreateAsync(new() { ClientRequestId = "typed" }));
        Assert.Equal("typed", e.ClientRequestId);
        await client.GetService<GrokResponsesClient>()!.ListModelsAsync();
        Assert.NotEmpty(_handler.Requests[2].Headers["x-client-request-id"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("line\nbreak")]
    [InlineData("naïve")]
    public async Task Invalid_id_is_an_ArgumentException_before_anything_is_sent(string id)
    {
        using var client = Client();
        Assert.Throws<ArgumentException>(nameof(id), () => new ChatOptions().WithClientRequestId(id));
        Assert.Throws<ArgumentNullException>(nameof(id), static () => new ChatOptions().WithClientRequestId(null!));
        Assert.Throws<ArgumentException>("options", () => client.GetStreamingResponseAsync("q", new() { AdditionalProperties = new() { [GrokKeys.Request.ClientRequestId] = id } }));
        var responses = client.GetService<GrokResponsesClient>()!;
        await Assert.ThrowsAsync<ArgumentException>(() => responses.CreateAsync(new() { ClientRequestId = id }));
        Assert.Throws<ArgumentException>(() => { responses.StreamAsync(new() { ClientRequestId = new string('x', 257) }); });
        Assert.Empty(_handler.Requests);
    }

    private GrokChatClient Client(Action<GrokChatClientOptions>? configure = null) => Some.Client(_handler, o =>
    {
        (o.MaxRetries, o.RetryDelay, o.LoggerFactory) = (1, TimeSpan.Zero, _log);
        configure?.Invoke(o);
    });
}
