using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>What the clients of this room refuse, and how their streams begin.</summary>
public class StreamStarterTests : ScriptedConversationTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Null_messages_and_null_elements_throw_before_a_request_is_sent(bool isStreamed)
    {
        using var inner = new ScriptedClient();
        var client = Over(inner);
        Action Asks(IEnumerable<ChatMessage> messages) => isStreamed ? () => client.GetStreamingResponseAsync(messages) : () => client.GetResponseAsync(messages).GetAwaiter().GetResult();
        Assert.Equal("messages", Assert.Throws<ArgumentNullException>(Asks(null!)).ParamName);
        Assert.Equal("A message is null. (Parameter 'messages')", Assert.Throws<ArgumentException>(Asks([Some.User(), null!])).Message);
        Assert.Empty(inner.Sent);
    }

    [Fact]
    public async Task Empty_stream_throws_StreamBroken_and_is_disposed()
    {
        using var inner = new ScriptedClient(static () => []);
        var e = await Assert.ThrowsAsync<GrokException>(() => Over(inner).GetStreamingResponseAsync("1?").ToChatResponseAsync());
        Assert.Equal((GrokErrorKind.StreamBroken, "The stream held nothing."), (e.Kind, e.Message));
        Assert.Equal(1, inner.Released);
        Assert.Single(inner.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_that_fails_on_its_first_read_is_disposed(bool isStartedAnew)
    {
        await CreateConversationAsync("1?");
        var failure = isStartedAnew ? new GrokException(GrokErrorKind.UnknownResponse, "Gone.") : (Exception)new TimeoutException("Too slow.");
        using var inner = new ScriptedClient(Fails(failure), Answers("2!", "r2"));
        var answer = Over(inner).GetStreamingResponseAsync("2?", new ChatOptions { ConversationId = Ticket }).GetAsyncEnumerator();
        if (isStartedAnew)
        {
            Assert.True(await answer.MoveNextAsync());
        }
        else
        {
            Assert.Same(failure, await Assert.ThrowsAsync<TimeoutException>(async () => await answer.MoveNextAsync()));
        }

        Assert.Equal(1, inner.Released);
        await answer.DisposeAsync();
        Assert.Equal(isStartedAnew ? 2 : 1, inner.Released);
    }
}
