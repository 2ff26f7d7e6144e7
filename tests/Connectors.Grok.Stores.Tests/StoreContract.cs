using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>The contract of every store: finding, appending, moving and listing. The tests of each store derive from this class.</summary>
public abstract partial class StoreContract
{
    private static readonly ConversationId Ticket = new("", "ticket-4711");
    private static readonly ConversationId Fork = new("", "fork");

    /// <summary>Creates an empty store.</summary>
    protected abstract ValueTask<ConversationStore> Create(TimeProvider? time = null);

    [Fact]
    public async Task Missing_conversation_returns_null_or_empty()
    {
        var store = await Create();
        Assert.Null(await store.FindAsync(Ticket));
        Assert.Null(await store.GetTurnAsync("", "t1"));
        Assert.Empty(await store.GetPathAsync("", "t1"));
        Assert.Empty(await store.DeleteAsync(Ticket));
        Assert.Empty(await List(store));
        Assert.Equal(0, await store.PurgeAsync(DateTimeOffset.MaxValue));
    }

    [Fact]
    public async Task Turn_round_trips_with_all_members()
    {
        var store = await Create();
        var turn = SomeTurns.FullTurn("t1");
        Assert.True(await store.AppendAsync(Ticket, turn, null));
        AssertSame(turn, await store.GetTurnAsync("", "t1"));
        AssertSame(turn, Assert.Single(await store.GetPathAsync("", "t1")));

        var bare = new ConversationTurn { Id = "t2", ParentId = "t1", Depth = 1, IsStored = false, CreatedAt = SomeTurns.Noon, Content = default };
        Assert.True(await store.AppendAsync(Ticket, bare, "t1"));
        AssertSame(bare, await store.GetTurnAsync("", "t2"));
    }

    [Fact]
    public async Task Stored_turn_does_not_change_with_the_callers_buffer()
    {
        var store = await Create();
        byte[] buffer = [1, 2, 3];
        List<string> ids = ["a"];
        await store.AppendAsync(Ticket, SomeTurns.Turn("t1") with { Content = buffer, StoredResponseIds = ids }, null);
        buffer[0] = 9;
        ids.Add("b");
        var stored = await store.GetTurnAsync("", "t1");
        Assert.Equal([1, 2, 3], stored!.Content.ToArray());
        Assert.Equal(["a"], stored.StoredResponseIds);
    }

    [Fact]
    public async Task Path_is_ordered_from_the_first_turn_to_the_given_turn()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        Assert.Equal(["t1", "t2", "t3"], (await store.GetPathAsync("", "t3")).Select(static t => t.Id));
        Assert.Equal(["t1", "t2"], (await store.GetPathAsync("", "t2")).Select(static t => t.Id));
        Assert.True(await store.AppendAsync(Ticket, line[0].After("t2b"), "t3"));
        Assert.Equal(["t1", "t2b"], (await store.GetPathAsync("", "t2b")).Select(static t => t.Id));
        Assert.Equal("t2b", (await store.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Tree_contains_all_branches_and_their_ancestors()
    {
        var store = await Create();
        Assert.Empty(await store.GetTreeAsync(Ticket));
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        await store.MoveAsync(Ticket, "t1", "t3");
        Assert.True(await store.AppendAsync(Ticket, line[0].After("t2b"), "t1"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("r"), "t2b"));
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), "t2"));

        var tree = (await store.GetTreeAsync(Ticket)).Select(static t => t.Id).ToList();
        Assert.Equal(["r", "t1", "t2", "t2b", "t3"], tree.Order(StringComparer.Ordinal));
        Assert.True(tree.IndexOf("t1") < tree.IndexOf("t2") && tree.IndexOf("t2") < tree.IndexOf("t3") && tree.IndexOf("t1") < tree.IndexOf("t2b"));
        Assert.Equal(["t1", "t2", "f3"], (await store.GetTreeAsync(Fork)).Select(static t => t.Id));
        Assert.Empty(await store.GetTreeAsync(new ConversationId("another", Ticket.Name)));

        await store.MoveAsync(Ticket, null, "r");
        Assert.Equal(5, (await store.GetTreeAsync(Ticket)).Count);
        await store.DeleteAsync(Ticket);
        Assert.Empty(await store.GetTreeAsync(Ticket));
        Assert.Equal(["t1", "t2", "f3"], (await store.GetTreeAsync(Fork)).Select(static t => t.Id));
    }

    [Fact]
    public async Task Append_fails_when_the_expected_head_differs()
    {
        var store = await Create();
        Assert.False(await store.AppendAsync(Ticket, SomeTurns.Turn("t0"), "nothing"));
        Assert.Null(await store.FindAsync(Ticket));
        var first = (await store.Line(Ticket, "t1", "t2"))[0];

        Assert.False(await store.AppendAsync(Ticket, SomeTurns.Turn("t3"), null));
        Assert.False(await store.AppendAsync(Ticket, first.After("t3"), "t1"));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);
        Assert.Null(await store.GetTurnAsync("", "t3"));
    }

    [Fact]
    public async Task Append_rejects_missing_parent_and_duplicate_id()
    {
        var store = await Create();
        Assert.False(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), null));
        Assert.Null(await store.FindAsync(Ticket));
        await store.Line(Ticket, "t1", "t2");

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1", "t2", 2), "t2"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.AppendAsync(Fork, SomeTurns.Turn("t1"), null));
        Assert.Null(await store.FindAsync(Fork));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(2, (await store.GetPathAsync("", "t2")).Count);
    }

    [Fact]
    public async Task Move_succeeds_only_from_the_expected_head_to_an_existing_turn()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2");
        Assert.False(await store.MoveAsync(Ticket, "t1", "t1"));
        Assert.False(await store.MoveAsync(Ticket, "t1", null));
        Assert.False(await store.MoveAsync(Ticket, "unheard of", "t2"));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);

        Assert.True(await store.MoveAsync(Ticket, "t1", "t2"));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.True(await store.MoveAsync(Ticket, "t2", "t1"));
        Assert.True(await store.MoveAsync(Ticket, null, "t2"));
        Assert.Null((await store.FindAsync(Ticket))!.Head);
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t3"), null));
        Assert.Equal("t3", (await store.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Move_creates_a_missing_conversation()
    {
        var store = await Create();
        Assert.False(await store.MoveAsync(Fork, "t1", null));
        Assert.Null(await store.FindAsync(Fork));
        Assert.True(await store.MoveAsync(Fork, null, null));
        Assert.Null(Assert.IsType<ConversationInfo>(await store.FindAsync(Fork)).Head);

        await store.Line(Ticket, "t1");
        Assert.True(await store.MoveAsync(Fork, "t1", null));
        Assert.False(await store.MoveAsync(new("", "other"), null, "t1"));
        Assert.Null(await store.FindAsync(new("", "other")));
    }

    [Fact]
    public async Task List_returns_times_and_orders_by_last_change_descending()
    {
        var store = await Create(new StepClock());
        await store.Line(Ticket, "t1");
        await store.Line(Fork, "f1");
        var before = await store.FindAsync(Ticket);
        Assert.Equal(before!.CreatedAt, before.UpdatedAt);
        Assert.Equal(["fork", "ticket-4711"], (await List(store)).Select(static i => i.Id.Name));

        await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1");
        var after = await store.FindAsync(Ticket);
        Assert.Equal(before.CreatedAt, after!.CreatedAt);
        Assert.True(after.UpdatedAt > before.UpdatedAt);
        Assert.Equal([after, (await store.FindAsync(Fork))!], await List(store));
    }

    [Fact]
    public async Task Paging_continues_after_listed_conversations_are_deleted()
    {
        var store = await Create(new StepClock());
        for (var i = 0; i < 10; i++)
        {
            await store.Line(new("", $"n{i}"), $"t{i}");
        }

        // Each conversation is deleted after its page is read, so the position of the next page refers to a deleted conversation.
        var seen = new List<string>();
        ConversationPosition? after = null;
        while (await store.ListAsync(new() { Tenant = "", PageSize = 3, After = after }) is { Count: > 0 } page)
        {
            foreach (var info in page)
            {
                seen.Add(info.Id.Name);
                after = new(info.UpdatedAt, info.Id.Name);
                Assert.Single(await store.DeleteAsync(info.Id));
            }
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"n{9 - i}"), seen);
        Assert.Empty(await List(store));
    }

    [Fact]
    public async Task Conversations_of_another_tenant_are_not_found()
    {
        var store = await Create();
        ConversationId mine = new("mine", "ticket"), foreign = new("foreign", "ticket");
        await store.Line(foreign, "t1", "t2");

        Assert.Null(await store.FindAsync(mine));
        Assert.Null(await store.GetTurnAsync("mine", "t1"));
        Assert.Empty(await store.GetPathAsync("mine", "t2"));
        Assert.Empty(await List(store, "mine"));
        Assert.Empty(await store.DeleteAsync(mine));
        Assert.False(await store.MoveAsync(mine, "t1", null));
        Assert.False(await store.AppendAsync(mine, SomeTurns.Turn("t3", "t2", 2), null));
        Assert.False(await store.AppendAsync(mine, SomeTurns.Turn("t3", "t2", 2), "t2"));

        // The other tenant can also use the same ids.
        await store.Line(mine, "t1");
        Assert.Equal("t2", (await store.FindAsync(foreign))!.Head);
        Assert.Equal("t1", (await store.FindAsync(mine))!.Head);
        Assert.Single(await store.DeleteAsync(mine));
        Assert.Equal(2, (await store.GetPathAsync("foreign", "t2")).Count);
    }

    private static async Task<List<ConversationInfo>> List(ConversationStore store, string tenant = "")
    {
        var all = new List<ConversationInfo>();
        do
        {
            var page = await store.ListAsync(new() { Tenant = tenant, PageSize = 7, After = all.Count == 0 ? null : new(all[^1].UpdatedAt, all[^1].Id.Name) });
            all.AddRange(page);
            if (page.Count < 7)
            {
                return all;
            }
        }
        while (true);
    }

    private static void AssertSame(ConversationTurn expected, ConversationTurn? actual)
    {
        Assert.NotNull(actual);
        Assert.Equal(expected.Content.ToArray(), actual.Content.ToArray());
        Assert.Equal(expected.StoredResponseIds, actual.StoredResponseIds);
        Assert.Equal(expected, actual with { Content = expected.Content, StoredResponseIds = expected.StoredResponseIds });
    }
}
