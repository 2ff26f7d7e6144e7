using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>Exception and log messages that suggest the next step to a caller.</summary>
public class NextStepTests
{
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    [Theory]
    [InlineData("ticket-4711", true)]
    [InlineData(Some.Id, false)]
    [InlineData("resp_abc123", false)]
    public async Task Unknown_ConversationId_of_another_form_suggests_AsConversationClient(string id, bool isNamed)
    {
        using var client = Client(404, $$"""{"code":"not-found","error":"Response with id={{id}} not found"}""");
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new ChatOptions { ConversationId = id }));
        Assert.Equal(GrokErrorKind.UnknownResponse, e.Kind);
        Assert.Contains(id, e.Message, StringComparison.Ordinal);
        Assert.Equal(isNamed, e.Message.Contains("AsConversationClient", StringComparison.Ordinal));
        Assert.Equal(!isNamed, e.Message.Contains("30 days", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unstored_first_message_with_images_is_logged_once_per_client()
    {
        using var client = Client(200, Some.Answer(Some.Message("ok")));
        var picture = Some.User(new DataContent(Some.Png, "image/png"));
        await client.GetResponseAsync(picture);
        await client.GetResponseAsync(picture);
        var line = Assert.Single(_log.Lines);
        Assert.All(["KeepImagesUnstored", "WithStore(true)", "history"], word => Assert.Contains(word, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Images_with_an_explicit_store_or_a_continuation_are_not_logged()
    {
        using var client = Client(200, Some.Answer(Some.Message("ok")));
        var picture = Some.User(new DataContent(Some.Png, "image/png"));
        await client.GetResponseAsync(picture, new ChatOptions().WithStore(true));
        await client.GetResponseAsync(picture, new ChatOptions().WithStore(false));
        await client.GetResponseAsync(picture, new ChatOptions { ConversationId = Some.Id });
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Assistant_messages_with_a_ConversationId_are_sent_and_logged_once_per_client()
    {
        using var client = Client(200, Some.Answer(Some.Message("ok")));
        ChatMessage[] history = [new(ChatRole.User, "a"), new(ChatRole.Assistant, "b"), new(ChatRole.User, "c")];
        await client.GetResponseAsync(history);
        await client.GetResponseAsync(history[2], new ChatOptions { ConversationId = Some.Id });
        Assert.Empty(_log.Lines);
        await client.GetResponseAsync(history, new ChatOptions { ConversationId = Some.Id });
        await client.GetResponseAsync(history, new ChatOptions { ConversationId = Some.Id });
        Assert.Equal(3, _handler.LastJson["input"]!.AsArray().Count);
        Assert.Contains("on top", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    private GrokChatClient Client(int status, string body)
    {
        for (var i = 0; i < 4; i++)
        {
            _handler.Json(body, status);
        }

        return Some.Client(_handler, o => o.LoggerFactory = _log);
    }
}
