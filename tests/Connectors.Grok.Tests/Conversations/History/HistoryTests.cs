using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Tests.Conversations.Engine;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;
namespace Connectors.Grok.Tests.Conversations.History;

/// <summary>Where a caller's messages make a conversation go on from.</summary>
public class HistoryTests : ScriptedConversationTest
{
    private static ChatMessage User(string text) => new(ChatRole.User, text);

    [Theory]
    [InlineData(1, true, "user: 1?\nassistant: 1!")]
    [InlineData(1, false, "user: 1?\nassistant: 1!")]
    [InlineData(2, true, "user: 1?\nassistant: 1!\nuser: 2?\nassistant: 2!")]
    [InlineData(2, false, "user: 1?\nassistant: 1!\nuser: 2?\nassistant: 2!")]
    public async Task History_with_nothing_new_after_its_last_answer_is_sent_as_it_is(int turns, bool isStamped, string sent)
    {
        var inner = new ScriptedClient(Answers("1!"), Answers("2!", "r2"), Answers("3!", "r3"));
        var client = Over(inner);
        var history = new List<ChatMessage>();
        for (var turn = 1; turn <= turns; turn++)
        {
            history.Add(User($"{turn}?"));
            history.AddRange((await Say(client, $"{turn}?")).Messages);
        }

        await Say(client, isStamped ? history : [.. history.Select(static m => new ChatMessage(m.Role, m.Text))]);
        Assert.Equal((null, sent), (inner.Sent[^1].Options!.ConversationId, Said(inner.Sent[^1].Messages)));
    }

    [Fact]
    public async Task Unrecognized_history_is_appended_to_the_head()
    {
        await CreateConversationAsync("1?");
        var inner = new ScriptedClient(Answers("4!", "r4"));
        await Say(Over(inner), [User("2?"), new ChatMessage(ChatRole.Assistant, "3!"), User("4?")]);
        Assert.Equal(("r1", "user: 2?\nassistant: 3!\nuser: 4?"), (inner.Sent[0].Options!.ConversationId, Said(inner.Sent[0].Messages)));
    }

    [Fact]
    public async Task Tracking_keys_on_a_user_message_are_ignored()
    {
        var client = Over(new ScriptedClient(Answers("1!"), Answers("2!", "r2")));
        var first = await Say(client, "1?");
        var copied = User("2?");
        copied.AdditionalProperties = first.Messages[0].AdditionalProperties;
        Assert.NotEqual(Ticket, (await client.GetResponseAsync([copied])).ConversationId);
        Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
    }

    [Fact]
    public async Task Call_without_its_result_is_left_out_and_its_answered_sibling_stays()
    {
        var inner = new ScriptedClient(Answers([Call("c1"), Call("c2")]), Answers("18 degrees.", "r2"));
        var client = Over(inner);
        await Say(client, "The weather in Oslo and Rome?");
        await Say(client, [new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c2", "18 degrees")])]);
        var sent = inner.Sent[^1];
        Assert.Null(sent.Options!.ConversationId);
        Assert.Equal(["c2"], sent.Messages.SelectMany(static m => m.Contents).OfType<FunctionCallContent>().Select(static c => c.CallId));
        Assert.Equal(["c2"], sent.Messages.SelectMany(static m => m.Contents).OfType<FunctionResultContent>().Select(static c => c.CallId));
    }

    [Fact]
    public async Task Window_of_an_imported_conversation_is_sent_as_it_is()
    {
        var manager = await CreateConversationAsync("My name is Alice.");
        using var stream = new MemoryStream();
        await manager.ExportAsync(Ticket, stream);
        var document = System.Text.Json.Nodes.JsonNode.Parse(stream.ToArray())!.AsObject();
        Assert.True(document.Remove("checksum"));
        using var edited = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
        await manager.ImportAsync("copy", edited);

        var inner = new ScriptedClient(Answers("2!", "r2"), Answers("3!", "r3"));
        var client = Over(inner);
        await Say(client, "2?", id: "copy");
        await Say(client, [User("2?"), new ChatMessage(ChatRole.Assistant, "2!"), User("3?")], id: "copy");
        Assert.Equal((null, "user: 2?\nassistant: 2!\nuser: 3?"), (inner.Sent[1].Options!.ConversationId, Said(inner.Sent[1].Messages)));
    }

    [Fact]
    public async Task Unknown_parent_turn_throws_with_its_id()
    {
        var client = Over(new ScriptedClient());
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => Say(client, "1?", new ChatOptions().WithParentTurn("nothing")));
        Assert.Equal("There is no turn 'nothing'.", e.Message);
    }

    [Fact]
    public async Task Turn_missing_from_the_store_throws_with_its_id()
    {
        var head = (await (await CreateConversationAsync("1?", "2?")).GetTurnsAsync(Ticket))[1].Id;
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => Say(Over(new ScriptedClient(), store: new HeadlessStore(Store)), "3?"));
        Assert.Equal($"The turn '{head}' is missing from the store.", e.Message);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    public async Task Conversation_expires_only_after_KeepFor_has_passed(long ticks, bool isGone)
    {
        var store = new InMemoryConversationStore(Clock);
        var inner = new ScriptedClient(Answers("1!"), Answers("2!", "r2"));
        var client = Over(inner, static o => o.KeepFor = TimeSpan.FromDays(7), store);
        await Say(client, "1?");
        Clock.Advance(TimeSpan.FromDays(7) + TimeSpan.FromTicks(ticks));
        await Say(client, "2?");
        Assert.Equal(isGone ? null : "r1", inner.Sent[1].Options!.ConversationId);
        Assert.Equal(isGone ? 1 : 2, (await client.Conversations.GetTreeAsync(Ticket)).Count);
    }

    [Fact]
    public void EndsWithResults_is_false_for_null_and_empty_messages()
    {
        Assert.False(ConversationHistory.EndsWithResults(null));
        Assert.False(ConversationHistory.EndsWithResults([]));
    }

    /// <summary>A store that lost the turn to which a name points.</summary>
    private sealed class HeadlessStore(ConversationStore store) : HookedStore(store)
    {
        public override async ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default) =>
            await base.LookUpAsync(id, history, cancellationToken).ConfigureAwait(false) is { } lookup ? lookup with { Head = null } : null;
    }
}
