using Chat;
using Connectors.Grok.Chat.Tests.Support;
using Connectors.Grok.Emulator;

namespace Connectors.Grok.Chat.Tests;

/// <summary>What a person at a terminal can do about a failure.</summary>
public sealed class FailureTests
{
    [Fact]
    public async Task Models_that_are_offered_can_chat()
    {
        await using var emulator = new GrokEmulator();
        using var http = new HttpClient(emulator.CreateHandler());
        using var client = new GrokResponsesClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = emulator.BaseAddress }, http);
        var names = await Failure.ModelNamesAsync(client, TestContext.Current.CancellationToken);
        Assert.StartsWith("grok-4.7, grok-4.6, ", names, StringComparison.Ordinal);
        Assert.DoesNotContain("imagine", names, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_of_an_endpoint_without_prices_are_offered_all()
    {
        using var http = new HttpClient(new FixedHandler("""{"data":[{"id":"one"},{"id":"two"}]}"""));
        using var client = new GrokResponsesClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = new("http://127.0.0.1:1") }, http);
        Assert.Equal("one, two", await Failure.ModelNamesAsync(client, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Too_long_prompt_is_explained_with_commands_and_not_with_members_of_the_library()
    {
        await using var emulator = new GrokEmulator(new GrokEmulatorOptions { ContextLength = 50 });
        await using var chat = ChatHost.Start(80, emulator.CreateHandler());
        await chat.RunAsync(null, "Hello", string.Join(' ', Enumerable.Repeat("word", 200)));
        var error = chat.Errors.ReplaceLineEndings(" ");
        Assert.Contains("maximum prompt length is 50", error, StringComparison.Ordinal);
        Assert.EndsWith("Send a shorter message, or shorten the conversation with /compact or /rewind.", error.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("Conversation", error, StringComparison.Ordinal);
        Assert.DoesNotContain("GrokChatReducer", error, StringComparison.Ordinal);
    }

    private sealed class FixedHandler(string json) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json") });
    }
}
