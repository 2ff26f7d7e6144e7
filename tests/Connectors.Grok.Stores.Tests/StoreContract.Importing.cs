using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Every store creates a conversation from the turns of a whole tree, and deletes one only as it was found.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Import_creates_the_whole_tree()
    {
        var store = await Create();
        var first = SomeTurns.FullTurn("i1");
        ConversationTurn[] turns = [first, first.After("i2"), first.After("i2b"), first.After("i2").After("i3")];
        Assert.True(await store.ImportAsync(Ticket, turns, "i2b", SomeTurns.Noon.AddDays(900)));
        Assert.Equal("i2b", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(["i1", "i2", "i2b", "i3"], (await store.GetTreeAsync(Ticket)).Select(static t => t.Id).Order());
        AssertSame(first, (await store.GetTurnAsync("", "i1"))!);
        Assert.Equal(4, (await store.GetUsageAsync(Ticket)).Own.TurnCount);
        Assert.True(await store.AppendAsync(Ticket, turns[2].After("i4"), "i2b"));
        Assert.Equal(5, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Import_under_a_used_name_changes_nothing()
    {
        var store = await Create();
        await store.Line(Ticket, "t1");
        Assert.True(await store.MoveAsync(Fork, null, null));
        Assert.False(await store.ImportAsync(Ticket, [SomeTurns.Turn("i1")], "i1"));
        Assert.False(await store.ImportAsync(Fork, [SomeTurns.Turn("i1")], "i1"));
        Assert.Null(await store.GetTurnAsync("", "i1"));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Import_with_a_stored_id_changes_nothing()
    {
        var store = await Create();
        await store.Line(Ticket, "t1");
        var first = SomeTurns.Turn("i1");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.ImportAsync(Fork, [first, first.After("t1")], "t1"));
        Assert.Null(await store.FindAsync(Fork));
        Assert.Null(await store.GetTurnAsync("", "i1"));
        Assert.True(await store.ImportAsync(Fork, [first], null));
        Assert.Null((await store.FindAsync(Fork))!.Head);
    }

    [Fact]
    public async Task Import_of_a_tree_that_is_none_is_an_argument_error()
    {
        var store = await Create();
        var turn = SomeTurns.Turn("i1");
        foreach (var (turns, head) in (((ConversationTurn[], string?)[])[([turn.After("i2"), turn], "i1"), ([turn, turn], "i1"), ([turn], "i2"), ([null!], null), (null!, null)]))
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await store.ImportAsync(Ticket, turns, head));
        }

        Assert.Null(await store.FindAsync(Ticket));
    }

    [Fact]
    public async Task Conversation_is_deleted_only_as_it_was_found()
    {
        var clock = new SetClock();
        var store = await Create(clock);
        var turns = await store.Line(Ticket, "t1");
        var found = await store.FindAsync(Ticket);
        clock.Now = SomeTurns.Noon.AddMinutes(1);
        Assert.True(await store.AppendAsync(Ticket, turns[0].After("t2"), "t1"));
        Assert.Empty(await store.DeleteAsync(Ticket, found));
        Assert.Empty(await store.DeleteAsync(Ticket, found! with { Head = null }));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);

        // Moved away and back: the same head, another time.
        Assert.True(await store.MoveAsync(Ticket, "t1", "t2"));
        Assert.Empty(await store.DeleteAsync(Ticket, found));
        Assert.Equal(2, (await store.DeleteAsync(Ticket, await store.FindAsync(Ticket))).Count);

        Assert.True(await store.MoveAsync(Fork, null, null));
        Assert.Empty(await store.DeleteAsync(Fork, await store.FindAsync(Fork)));
        Assert.Null(await store.FindAsync(Fork));
    }

    [Fact]
    public async Task List_returns_only_conversations_that_changed_since()
    {
        var clock = new SetClock();
        var store = await Create(clock);
        foreach (var name in (string[])["a", "b", "c"])
        {
            await store.Line(new("", name), name);
            clock.Now = clock.Now.AddMinutes(1);
        }

        var since = SomeTurns.Noon.AddMinutes(1);
        Assert.Equal(["c", "b"], (await store.ListAsync(new() { Tenant = "", ChangedSince = since })).Select(static i => i.Id.Name));
        Assert.Equal(["b"], (await store.ListAsync(new() { Tenant = "", ChangedSince = since, After = new(since.AddMinutes(1), "c") })).Select(static i => i.Id.Name));
        Assert.Empty(await store.ListAsync(new() { Tenant = "", ChangedSince = SomeTurns.Noon.AddHours(1) }));
    }
}
