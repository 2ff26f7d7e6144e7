using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Delete_removes_the_conversation_and_its_turns()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2", "t3");
        await store.Line(Fork, "f1");
        Assert.Equal(["t1", "t2", "t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Null(await store.FindAsync(Ticket));
        Assert.Null(await store.GetTurnAsync("", "t2"));
        Assert.Empty(await store.DeleteAsync(Ticket));
        Assert.NotNull(await store.GetTurnAsync("", "f1"));
    }

    [Fact]
    public async Task Delete_returns_complete_turns()
    {
        var store = await Create();
        var turn = SomeTurns.FullTurn("t1");
        await store.AppendAsync(Ticket, turn, null);
        AssertSame(turn, Assert.Single(await store.DeleteAsync(Ticket)));
    }

    [Fact]
    public async Task Delete_removes_abandoned_branches()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        await store.MoveAsync(Ticket, "t1", "t3");
        Assert.True(await store.AppendAsync(Ticket, line[0].After("t2b"), "t1"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("another beginning"), "t2b"));
        Assert.Equal(5, (await store.DeleteAsync(Ticket)).Count);
        Assert.Null(await store.GetTurnAsync("", "t3"));
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }

    [Fact]
    public async Task Delete_keeps_turns_that_a_fork_shares()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), "t2"));

        Assert.Equal(["t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "f3"], (await store.GetPathAsync("", "f3")).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "f3"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
        Assert.Empty(await store.GetPathAsync("", "t1"));
    }

    [Fact]
    public async Task Deleting_a_fork_keeps_the_original_conversation()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), null));
        Assert.Equal(["f3"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
        Assert.Equal(2, (await store.GetPathAsync("", "t2")).Count);
    }

    [Fact]
    public async Task Reassigned_turns_are_deleted_with_their_new_owner()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        ConversationId third = new("", "third");
        Assert.True(await store.MoveAsync(Fork, "t3", null));
        Assert.True(await store.AppendAsync(third, line[0].After("x2"), null));
        Assert.Empty(await store.DeleteAsync(Ticket));

        // No head references the reassigned turns any more; they are still deleted with their owner.
        Assert.True(await store.MoveAsync(Fork, null, "t3"));
        Assert.Equal(3, (await store.GetPathAsync("", "t3")).Count);
        var deleted = (await store.DeleteAsync(Fork)).Select(static t => t.Id).ToList();
        Assert.Contains("t3", deleted);
        Assert.Equal(["t1", "x2"], (await store.GetPathAsync("", "x2")).Select(static t => t.Id));
        deleted.AddRange((await store.DeleteAsync(third)).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "t3", "x2"], deleted.Order());
    }

    [Fact]
    public async Task Delete_reassigns_all_ancestors_of_a_shared_turn()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2", "t3", "t4");
        Assert.True(await store.MoveAsync(Fork, "t4", null));
        Assert.Empty(await store.DeleteAsync(Ticket));
        Assert.True(await store.MoveAsync(Fork, null, "t4"));
        Assert.Equal(["t1", "t2", "t3", "t4"], (await store.GetTreeAsync(Fork)).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "t3", "t4"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }

    [Fact]
    public async Task Deleted_name_can_be_reused_with_a_new_creation_time()
    {
        var store = await Create(new StepClock());
        await store.Line(Ticket, "t1");
        var first = await store.FindAsync(Ticket);
        await store.DeleteAsync(Ticket);
        await store.Line(Ticket, "t1", "t2");
        var second = await store.FindAsync(Ticket);
        Assert.True(second!.CreatedAt > first!.CreatedAt);
        Assert.Equal(2, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Purge_deletes_conversations_last_changed_before_the_given_time()
    {
        var clock = new StepClock();
        var store = await Create(clock);
        var line = await store.Line(Ticket, "t1", "t2");
        await store.Line(new("other tenant", "old"), "o1");
        await store.Line(new("", "old"), "o1", "o2");
        Assert.True(await store.AppendAsync(Fork, line[0].After("f2"), null));
        clock.Advance(TimeSpan.FromDays(1));
        var cutoff = clock.GetUtcNow();
        Assert.True(await store.AppendAsync(Fork, SomeTurns.Turn("f3", "f2", 2), "f2"));
        await store.Line(new("other tenant", "new"), "n1");

        Assert.Equal(3, await store.PurgeAsync(cutoff));
        Assert.Equal(0, await store.PurgeAsync(cutoff));
        Assert.Equal(["fork"], (await List(store)).Select(static i => i.Id.Name));
        Assert.Equal(["new"], (await List(store, "other tenant")).Select(static i => i.Id.Name));
        Assert.Equal(["t1", "f2", "f3"], (await store.GetPathAsync("", "f3")).Select(static t => t.Id));
        Assert.Null(await store.GetTurnAsync("", "t2"));
        Assert.Null(await store.GetTurnAsync("", "o1"));
        Assert.Null(await store.GetTurnAsync("other tenant", "o1"));

        var exactly = (await store.FindAsync(Fork))!.UpdatedAt;
        Assert.Equal(0, await store.PurgeAsync(exactly));
        Assert.Equal(1, await store.PurgeAsync(exactly.AddTicks(1)));
    }

    [Fact]
    public async Task Purge_deletes_more_conversations_than_one_batch()
    {
        var clock = new StepClock();
        var store = await Create(clock);
        for (var i = 0; i < 250; i++)
        {
            await store.Line(new(i % 2 == 0 ? "even" : "odd", $"n{i}"), $"t{i}");
        }

        Assert.Equal(250, await store.PurgeAsync(clock.GetUtcNow()));
        Assert.Empty(await List(store, "odd"));
        Assert.Null(await store.GetTurnAsync("even", "t248"));
    }
}
