using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>A fork keeps what it shares: whatever it goes back to, and whatever happens to the conversation that it left.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Rewound_fork_still_contains_the_turn_at_which_it_was_made()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2", "t3");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.MoveAsync(Fork, "t1", "t2"));
        Assert.Equal(["t1", "t2"], await Tree(store, Fork));
        Assert.True((await store.LookUpAsync(Fork, new() { TurnIds = ["t2"] }))!.HoldsAnswer);
        Assert.False((await store.LookUpAsync(Fork, new() { TurnIds = ["t3"] }))!.HoldsAnswer);
        Assert.True(await store.MoveAsync(Fork, "t2", "t1"));

        // The same after the conversation that it left is gone.
        Assert.True(await store.MoveAsync(Fork, null, "t2"));
        Assert.Equal(["t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.True((await store.LookUpAsync(Fork, new() { TurnIds = ["t2"] }))!.HoldsAnswer);
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.Equal(["t1", "t2"], (await store.GetPathAsync("", "t2")).Select(static t => t.Id));
    }

    [Fact]
    public async Task Answer_regenerated_in_a_fork_leaves_the_old_answer_and_its_cost_in_the_tree()
    {
        var store = await Create();
        await store.AppendAsync(Ticket, Priced("t1", null, 0, 1), null);
        await store.AppendAsync(Ticket, Priced("t2", "t1", 1, 10), "t1");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.AppendAsync(Fork, Priced("t2b", "t1", 1, 100), "t2"));
        Assert.Equal(["t1", "t2", "t2b"], (await Tree(store, Fork)).Order());
        Assert.Equal(Used(Totals(1, 100), Totals(2, 11)), await store.GetUsageAsync(Fork));
        Assert.Empty(await store.DeleteAsync(Ticket));
        Assert.Equal(["t1", "t2", "t2b"], (await Tree(store, Fork)).Order());
        Assert.Equal(Used(own: Totals(3, 111)), await store.GetUsageAsync(Fork));
        Assert.Equal(3, (await store.DeleteAsync(Fork)).Count);
    }

    [Fact]
    public async Task Fork_of_a_fork_keeps_its_branch_point_when_both_others_are_deleted()
    {
        foreach (var order in (ConversationId[][])[[Ticket, Fork], [Fork, Ticket]])
        {
            var store = await Create();
            var line = await store.Line(Ticket, "t1", "t2", "t3");
            Assert.True(await store.MoveAsync(Fork, "t2", null));
            Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), "t2"));
            Assert.True(await store.MoveAsync(Fork, "t1", "f3"));
            Assert.True(await store.MoveAsync(Third, "f3", null));
            Assert.True(await store.AppendAsync(Third, line[0].After("x2"), "f3"));
            Assert.True(await store.MoveAsync(Third, null, "x2"));
            List<string> deleted = [];
            foreach (var name in order)
            {
                deleted.AddRange((await store.DeleteAsync(name)).Select(static t => t.Id));
                Assert.Equal(["f3", "t1", "t2", "x2"], (await Tree(store, Third)).Order());
            }

            Assert.Equal(["t3"], deleted);
            Assert.Equal(4, (await store.GetUsageAsync(Third)).Own.TurnCount);
            Assert.Equal(4, (await store.DeleteAsync(Third)).Count);
            Assert.Equal(0, await store.PurgeAsync(DateTimeOffset.MaxValue));
        }
    }

    [Fact]
    public async Task Turn_made_after_a_turn_of_another_conversation_keeps_that_turn_and_its_path()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        await store.Line(Fork, "f1");

        // An explicit parent: the name already has turns of its own, so this is no branch point.
        Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), "f1"));
        Assert.True(await store.MoveAsync(Fork, "f1", "f3"));
        Assert.Equal(["t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(["f1", "f3", "t1", "t2"], (await Tree(store, Fork)).Order());
        Assert.Equal(4, (await store.DeleteAsync(Fork)).Count);
    }

    [Fact]
    public async Task Template_with_many_forks_is_deleted_and_each_fork_keeps_the_shared_turns()
    {
        const int Forks = 200;
        var store = await Create();
        var template = await store.Line(Ticket, [.. Enumerable.Range(0, 40).Select(static i => $"t{i}")]);
        for (var i = 0; i < Forks; i++)
        {
            Assert.True(await store.AppendAsync(new("", $"fork {i}"), template[^1].After($"f{i}"), null));
        }

        Assert.Empty(await store.DeleteAsync(Ticket));
        for (var i = 0; i < Forks; i++)
        {
            var id = new ConversationId("", $"fork {i}");
            Assert.Equal(41, (await store.GetTreeAsync(id)).Count);
            var usage = await store.GetUsageAsync(id);
            Assert.Equal(41, usage.Own.TurnCount + usage.Shared.TurnCount);
            Assert.Equal(i == Forks - 1 ? 41 : 1, (await store.DeleteAsync(id)).Count);
        }

        Assert.Null(await store.GetTurnAsync("", "t0"));
    }

    [Fact]
    public async Task Purge_keeps_what_a_younger_fork_shares()
    {
        var clock = new SetClock();
        var store = await Create(clock);
        await store.Line(Ticket, "t1", "t2", "t3");
        await store.Line(Third, "x1");
        clock.Now = SomeTurns.Noon.AddDays(1);
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.MoveAsync(Fork, "t1", "t2"));
        Assert.Equal(2, await store.PurgeAsync(clock.Now));
        Assert.Equal(["t1", "t2"], await Tree(store, Fork));
        Assert.Null(await store.GetTurnAsync("", "t3"));
        Assert.Equal(1, await store.PurgeAsync(clock.Now.AddTicks(1)));
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }
}
