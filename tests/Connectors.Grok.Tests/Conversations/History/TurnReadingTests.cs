using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>What is read of a turn that was kept, by this version of the library or another.</summary>
public class TurnReadingTests
{
    private const string Head = "\"version\":1,\"model\":\"grok-4.7\"";

    /// <summary>However long it is: the next turn need not know what was said.</summary>
    [Theory]
    [InlineData("{" + Head + ",\"fingerprint\":\"AB\",\"open_calls\":[],\"input\":[what", "", "r1")]
    [InlineData("{\"later\":{\"a\":[1],\"b\":2}," + Head + ",\"open_calls\":[],\"input\":[what", "", "r1")]
    [InlineData("{" + Head + ",\"open_calls\":[\"c1\"],\"input\":[what", "c1", "r1")]
    public async Task Turn_header_is_read_without_reading_the_messages_after_it(string content, string result, string? id) => Assert.Equal(id, await ContinueAsync(content, result));

    [Theory]
    [InlineData("{\"input\":[],\"output\":[]," + Head + "}", "", "r1")]
    [InlineData("{\"kept\":\"Nothing\",\"input\":[],\"output\":[],\"open_calls\":[\"c1\"]," + Head + "}", "c1", "r1")]
    [InlineData("{\"kept\":\"Nothing\",\"input\":[],\"output\":[],\"open_calls\":[null]," + Head + "}", "?", "r1")]
    public async Task Turn_header_is_found_after_the_messages(string content, string result, string? id) => Assert.Equal(id, await ContinueAsync(content, result));

    [Theory]
    [InlineData("what", "The turn 't1' cannot be read: wrong at line 1, byte 1.")]
    [InlineData("{\n  \"input\":[what", "The turn 't1' cannot be read: wrong at line 2, byte 12.")]
    [InlineData("{\"version\":3,\"open_calls\":[],\"input\":[],\"output\":[]}", "The turn 't1' was written by a newer version of this library.")]
    [InlineData("{" + Head + ",\"kept\":\"Some\",\"open_calls\":[],\"output\":[],\"input\":[]}", "The turn 't1' cannot be read: its \"kept\" must be Everything, Reasoning or Nothing.", true)]
    [InlineData("{" + Head + ",\"open_calls\":[],\"output\":[],\"input\":[{\"contents\":[],\n\"role\":5}]}", "The turn 't1' cannot be read: wrong at line 2, byte 9, $[0].role.", true)]
    [InlineData("{" + Head + ",\"open_calls\":[],\"output\":[],\"input\":[null]}", "The turn 't1' cannot be read: a message of \"input\", or a content of one, is null.", true)]
    public async Task Unreadable_turn_throws_with_the_reason_and_without_its_content(string content, string words, bool onlyWhole = false)
    {
        using var client = new ScriptedClient().AsConversationClient(new InMemoryConversationStore());
        Assert.Equal(words, Assert.Throws<ConversationStoreException>(() => client.Conversations.Read(Turn(content))).Message);
        if (!onlyWhole)
        {
            Assert.Equal(words, (await Assert.ThrowsAsync<ConversationStoreException>(() => ContinueAsync(content, ""))).Message);
        }
    }

    [Theory]
    [InlineData("{\"version\":\"1\"}")]
    [InlineData("{\"version\":1,\"model\":5,\"input\":[]}")]
    [InlineData("[]")]
    [InlineData("[\"version\",1,\"open_calls\",[],\"input\",[]]")]
    public async Task Turn_content_of_an_unexpected_shape_throws(string content) =>
        Assert.StartsWith("The turn 't1' cannot be read: ", (await Assert.ThrowsAsync<ConversationStoreException>(() => ContinueAsync(content, ""))).Message, StringComparison.Ordinal);

    [Fact]
    public void Null_messages_of_a_turn_are_read_as_empty()
    {
        using var client = new ScriptedClient().AsConversationClient(new InMemoryConversationStore());
        var (input, output) = client.Conversations.Read(Turn("{" + Head + ",\"open_calls\":[],\"input\":null,\"output\":null}"));
        Assert.Empty(input);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Retention_of_reasoning_keeps_output_only_when_it_has_reasoning(bool isThought, int kept)
    {
        using var model = new ScriptedClient(() =>
        [
            new(ChatRole.Assistant, isThought ? [new TextReasoningContent("Hm."), new TextContent("Yes.")] : [new TextContent("Yes.")]) { ResponseId = "r1", ConversationId = "r1", FinishReason = ChatFinishReason.Stop },
        ]);
        using var client = model.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { Retention = ConversationRetention.Reasoning });
        await client.GetResponseAsync("Is it?", new ChatOptions { ConversationId = "ticket-4711" });
        Assert.Equal(kept, client.Conversations.Read((await client.Conversations.GetTurnsAsync("ticket-4711"))[0]).Output.Count);
    }

    private static ConversationTurn Turn(string content) => new()
    {
        Id = "t1",
        Depth = 0,
        ResponseId = "r1",
        IsStored = true,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Content = Encoding.UTF8.GetBytes(content),
    };

    /// <summary>Goes on from such a turn, with the result of that call (a nameless one for a question mark) or with a question.</summary>
    /// <returns>The id that was gone on from.</returns>
    private static async Task<string?> ContinueAsync(string content, string result)
    {
        var store = new InMemoryConversationStore();
        Assert.True(await store.AppendAsync(new ConversationId("", "ticket-4711"), Turn(content), null));
        using var model = new ScriptedClient(static () => ScriptedClient.Text("Yes.", "r2"));
        using var client = model.AsConversationClient(store);
        ChatMessage message = result.Length == 0 ? new(ChatRole.User, "Is it?") : new(ChatRole.Tool, [new FunctionResultContent(result == "?" ? "" : result, "yes")]);
        await client.GetResponseAsync([message], new ChatOptions { ConversationId = "ticket-4711" });
        return model.Sent[0].Options!.ConversationId;
    }
}
