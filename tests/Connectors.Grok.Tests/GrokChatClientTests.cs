using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
using Moq;

namespace Connectors.Grok.Tests;

public class GrokChatClientTests
{
    [Fact]
    public async Task GetResponseAsync_sends_one_request_and_fills_every_property_of_the_response()
    {
        var handler = new StubHandler().Json(
            Some.Answer(Some.Reasoning(Some.Summary("I recall.")) + "," + Some.Message("Alice")), 200, ("x-request-id", Some.Id));
        using var client = Some.Client(handler);

        var response = await client.GetResponseAsync("What's my name?");

        Assert.Equal("""{"model":"grok-4.7","input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"What's my name?"}]}],"stream":true,"prompt_cache_key":"7da9bfa728832bb04673b512716e55ce"}""", handler.LastBody);
        Assert.Equal("Alice", response.Text);
        Assert.Equal(Some.Id, response.ResponseId);
        Assert.Equal(Some.Id, response.ConversationId);
        Assert.Equal("grok-4.7", response.ModelId);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1781829888), response.CreatedAt);
        var message = Assert.Single(response.Messages);
        Assert.Equal(Some.Id, message.MessageId);
        Assert.Equal(ChatRole.Assistant, message.Role);
        var reasoning = Assert.IsType<TextReasoningContent>(message.Contents[0]);
        Assert.Equal(("I recall.", Some.Blob, "rs_" + Some.Id), (reasoning.Text, reasoning.ProtectedData, reasoning.GetReasoningItemId()));
        Assert.Equal((216, 831, 1047, 192, 253), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.Usage.TotalTokenCount, response.Usage.CachedInputTokenCount, response.Usage.ReasoningTokenCount));
        Assert.Equal(0.0003244m, response.Usage.GetCostInUsd());
        Assert.Equal(Some.Id, Assert.IsType<Responses.GrokResponse>(response.RawRepresentation).Headers!.RequestId);
    }

    [Fact]
    public void GetService_returns_metadata_and_clients_and_null_for_other_types()
    {
        IChatClient client = Some.Client(new StubHandler());

        var metadata = client.GetService<ChatClientMetadata>()!;
        Assert.Equal(("x_ai", Some.Endpoint, "grok-4.7"), (metadata.ProviderName, metadata.ProviderUri, metadata.DefaultModelId));
        Assert.Same(client, client.GetService<GrokChatClient>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.NotNull(client.GetService<GrokResponsesClient>());
        Assert.Null(client.GetService(typeof(ChatClientMetadata), "key"));
        Assert.Null(client.GetService(typeof(string)));
        Assert.Throws<ArgumentNullException>(() => client.GetService(null!));
    }

    [Fact]
    public void Model_constructor_takes_model_key_and_endpoint()
    {
        using var client = new GrokChatClient("grok-4.6", "xai-test", new Uri("https://example.org"));
        var settings = ((IChatClient)client).GetService<GrokSettings>()!;
        Assert.Equal(("grok-4.6", "xai-test", new Uri("https://example.org/v1/")), (settings.Model, settings.ApiKey, settings.Endpoint));
        Assert.Throws<ArgumentException>("Model", static () => new GrokChatClient(" ", "xai-test"));
        Assert.Throws<ArgumentException>("Model", static () => new GrokChatClient((string)null!, "xai-test"));
    }

    [Fact]
    public async Task Null_arguments_throw_when_the_method_is_called()
    {
        using var client = Some.Client(new StubHandler());
        await Assert.ThrowsAsync<ArgumentNullException>("messages", () => client.GetResponseAsync((IEnumerable<ChatMessage>)null!));
        Assert.Throws<ArgumentNullException>("messages", () => { client.GetStreamingResponseAsync((IEnumerable<ChatMessage>)null!); });
        Assert.Throws<ArgumentNullException>("httpClient", () => new GrokChatClient(new GrokChatClientOptions { Endpoint = Some.Endpoint }, null!));
        Assert.Throws<ArgumentNullException>("options", () => new GrokChatClient((GrokChatClientOptions)null!));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    public async Task Message_without_content_throws_before_a_request_is_sent(string? text)
    {
        using var client = Some.Client(new StubHandler());
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(new ChatMessage(ChatRole.User, text)));
        Assert.Equal("messages", e.ParamName);
    }

    [Fact]
    public async Task Callers_HttpClient_is_neither_changed_nor_disposed()
    {
        var handler = new Mock<StubbedHandler> { CallBase = true };
        using var http = new HttpClient(handler.Object);
        var client = new GrokChatClient(new GrokChatClientOptions { ApiKey = "k", Endpoint = Some.Endpoint }, http);
        await client.GetResponseAsync("hi");
        client.Dispose();

        Assert.Null(http.BaseAddress);
        Assert.Empty(http.DefaultRequestHeaders);
        Assert.Equal(TimeSpan.FromSeconds(100), http.Timeout);
        handler.Verify(h => h.Disposed(), Times.Never);
    }

    [Fact]
    public async Task GetResponseAsync_does_not_change_options_or_messages()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        var raw = new Responses.CreateResponseRequest { User = "u1" };
        var options = new ChatOptions { Instructions = "Be brief.", RawRepresentationFactory = _ => raw, AdditionalProperties = new() { ["x"] = 1 } };
        var message = new ChatMessage(ChatRole.User, "hi");
        var before = System.Text.Json.JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage)));

        await client.GetResponseAsync([message], options);

        Assert.Null(options.ConversationId);
        Assert.Equal("Be brief.", options.Instructions);
        Assert.Single(options.AdditionalProperties!);
        Assert.Null(raw.Input);
        Assert.Equal(before, System.Text.Json.JsonSerializer.Serialize(message, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage))));
        Assert.Equal("u1", (string?)handler.LastJson["user"]);
    }

    [Fact]
    public async Task Messages_are_enumerated_once()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        var enumerations = 0;
        IEnumerable<ChatMessage> Lazy()
        {
            enumerations++;
            yield return new ChatMessage(ChatRole.User, "hi");
        }

        await client.GetResponseAsync(Lazy());

        Assert.Equal(1, enumerations);
    }

    public class StubbedHandler : HttpMessageHandler
    {
        public virtual void Disposed()
        {
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(Some.Answer(Some.Message("ok")), System.Text.Encoding.UTF8, "application/json") });

        protected override void Dispose(bool disposing)
        {
            Disposed();
            base.Dispose(disposing);
        }
    }
}
