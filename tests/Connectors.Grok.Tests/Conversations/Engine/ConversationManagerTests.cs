using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class ConversationManagerTests : ScriptedConversationTest
{
    private static readonly Dictionary<string, Func<ConversationManager, string, Task>> Named = new()
    {
        ["turns"] = static (m, id) => m.GetTurnsAsync(id),
        ["tree"] = static (m, id) => m.GetTreeAsync(id),
        ["messages"] = static (m, id) => m.GetMessagesAsync(id),
        ["state"] = static (m, id) => m.GetAsync(id),
        ["fork"] = static (m, id) => m.ForkAsync(id, "fork"),
        ["fork to"] = static (m, id) => m.ForkAsync(Ticket, id),
        ["rewind"] = static (m, id) => m.RewindAsync(id),
        ["go to"] = static (m, id) => m.GoToAsync(id, null),
        ["ask again"] = static (m, id) => m.PrepareRegenerateAsync(id),
        ["export"] = static (m, id) => m.ExportAsync(id, Stream.Null),
        ["import"] = static (m, id) => m.ImportAsync(id, Stream.Null),
        ["delete"] = static (m, id) => m.DeleteAsync(id),
    };

    public static TheoryData<string> MethodNames => [.. Named.Keys];

    [Theory]
    [MemberData(nameof(MethodNames))]
    public async Task Manager_methods_throw_when_the_conversation_id_is_null_or_blank(string door)
    {
        var manager = await CreateConversationAsync("One.");
        Assert.Equal("conversationId", (await Assert.ThrowsAsync<ArgumentNullException>(() => Named[door](manager, null!))).ParamName);
        Assert.Equal("conversationId", (await Assert.ThrowsAsync<ArgumentException>(() => Named[door](manager, ""))).ParamName);
        Assert.Equal("conversationId", (await Assert.ThrowsAsync<ArgumentException>(() => Named[door](manager, " "))).ParamName);
    }

    [Theory]
    [InlineData("fork")]
    [InlineData("rewind")]
    [InlineData("go to")]
    [InlineData("ask again")]
    [InlineData("export")]
    public async Task Manager_methods_throw_KeyNotFoundException_for_an_unknown_conversation(string door)
    {
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => Named[door](Manager(), "nobody"));
        Assert.Equal("There is no conversation 'nobody'.", e.Message);
    }

    [Fact]
    public async Task Fork_and_GoTo_throw_KeyNotFoundException_for_an_unknown_turn()
    {
        var manager = await CreateConversationAsync("One.");
        const string Words = "The conversation 'ticket-4711' has no turn 'nothing'.";
        Assert.Equal(Words, (await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.ForkAsync(Ticket, "fork", "nothing"))).Message);
        Assert.Equal(Words, (await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.GoToAsync(Ticket, "nothing"))).Message);
    }

    [Fact]
    public async Task Manager_methods_throw_for_null_arguments()
    {
        var manager = await CreateConversationAsync("One.");
        Assert.Equal("turn", Assert.Throws<ArgumentNullException>(() => manager.Read(null!)).ParamName);
        Assert.Equal("destination", (await Assert.ThrowsAsync<ArgumentNullException>(() => manager.ExportAsync(Ticket, null!))).ParamName);
        Assert.Equal("source", (await Assert.ThrowsAsync<ArgumentNullException>(() => manager.ImportAsync("copy", null!))).ParamName);
        Assert.Equal("responseIds", (await Assert.ThrowsAsync<ArgumentNullException>(() => manager.DeleteResponsesAsync(null!))).ParamName);
    }

    [Fact]
    public async Task Fork_throws_when_its_name_is_taken_even_by_a_concurrent_call()
    {
        var manager = await CreateConversationAsync("One.");
        await manager.ForkAsync(Ticket, "fork");
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => manager.ForkAsync(Ticket, "fork"));
        Assert.Equal("There is a conversation 'fork' already.", e.Message);

        // Taken between the look and the leap.
        var beaten = Manager(new HookedStore(Store, async name =>
        {
            if (name == nameof(ConversationStore.MoveAsync))
            {
                await Store.MoveAsync(new ConversationId("", "late"), (await manager.GetTurnsAsync(Ticket))[0].Id, null);
            }
        }));
        e = await Assert.ThrowsAsync<InvalidOperationException>(() => beaten.ForkAsync(Ticket, "late"));
        Assert.Equal("There is a conversation 'late' already.", e.Message);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task RewindAsync_throws_when_the_number_of_turns_is_negative_or_too_large(int turns)
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        Assert.Equal("turns", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => manager.RewindAsync(Ticket, turns))).ParamName);
        Assert.Equal(2, (await manager.GetTurnsAsync(Ticket)).Count);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    public async Task RewindAsync_moves_the_head_back_by_the_given_number_of_turns(int turns, int left)
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        await manager.RewindAsync(Ticket, turns);
        Assert.Equal(left, (await manager.GetTurnsAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Rewind_and_GoTo_throw_when_a_turn_was_added_concurrently()
    {
        await CreateConversationAsync("One.", "Two.");
        var meanwhile = Manager(new HookedStore(Store, async name =>
        {
            if (name == nameof(ConversationStore.MoveAsync))
            {
                await Say(Over(new ScriptedClient(Answers("answer 3"))), "Three.");
            }
        }));
        foreach (var goBack in (Func<Task>[])[() => meanwhile.RewindAsync(Ticket), () => meanwhile.GoToAsync(Ticket, null)])
        {
            var before = (await meanwhile.GetTurnsAsync(Ticket)).Count;
            var e = await Assert.ThrowsAsync<InvalidOperationException>(goBack);
            Assert.Equal("Another turn was made on the conversation 'ticket-4711' in the meantime.", e.Message);
            Assert.Equal(before + 1, (await meanwhile.GetTurnsAsync(Ticket)).Count);
        }
    }

    [Fact]
    public async Task PurgeAsync_without_KeepFor_does_not_access_the_store()
    {
        var store = new HookedStore(Store);
        Assert.Equal(0, await Manager(store).PurgeAsync());
        Assert.Empty(store.Calls);
    }

    [Fact]
    public async Task State_of_a_fully_rewound_conversation_has_no_head()
    {
        var manager = await CreateConversationAsync("One.");
        Assert.Equal((await manager.GetTurnsAsync(Ticket))[0].Id, (await manager.GetAsync(Ticket))!.Head!.Id);
        await manager.RewindAsync(Ticket);
        var state = (await manager.GetAsync(Ticket))!;
        Assert.Null(state.Head);
        Assert.Equal((0, 1), (state.TurnCount, state.TreeCount));
    }
}
