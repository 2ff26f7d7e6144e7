using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Questions without an answer, trees without contents, and titles.</summary>
public abstract partial class StoreContract
{
    [Fact]
    public async Task Unanswered_turn_is_added_and_the_head_stays()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.AppendAsync(Ticket, Unanswered(line[1].After("u3")), "t2"));
        Assert.Equal("t2", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(["t1", "t2", "u3"], await Tree(store, Ticket));
        Assert.Equal(["t1", "t2", "u3"], (await store.GetPathAsync("", "u3")).Select(static t => t.Id));
        Assert.Equal((ConversationTurnKind.Unanswered, GrokErrorKind.Timeout), ((await store.GetTurnAsync("", "u3"))!.Kind, (await store.GetTurnAsync("", "u3"))!.Failure));

        // The expected head is compared, and an answer may follow the question.
        Assert.False(await store.AppendAsync(Ticket, Unanswered(line[1].After("u4")), "t1"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t4", "u3", 3), "t2"));
        Assert.Equal(["t1", "t2", "u3", "t4"], (await store.GetPathAsync("", "t4")).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "u3", "t4"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
    }

    [Fact]
    public async Task Unanswered_turn_creates_a_name_without_a_head()
    {
        var store = await Create();
        Assert.True(await store.AppendAsync(Ticket, Unanswered(SomeTurns.Turn("u1")), null));
        Assert.True(await store.AppendAsync(Ticket, Unanswered(SomeTurns.Turn("u2")), null));
        Assert.Null((await store.FindAsync(Ticket))!.Head);
        Assert.Null((await store.LookUpAsync(Ticket, null))!.Head);
        Assert.Equal(["u1", "u2"], (await Tree(store, Ticket)).Order());
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t3", "u2", 1), null));
        Assert.Equal("t3", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(3, (await store.GetUsageAsync(Ticket)).Own.TurnCount);

        // A name that begins with a question after a turn of another one has a branch point, which keeps that turn.
        Assert.True(await store.AppendAsync(Fork, Unanswered(SomeTurns.Turn("u4", "t3", 2)), null));
        Assert.Null((await store.FindAsync(Fork))!.Head);
        Assert.Equal(["u1"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(["u2", "t3", "u4"], await Tree(store, Fork));
        Assert.Equal(["u2", "t3", "u4"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
    }

    [Fact]
    public async Task Unanswered_turns_are_imported_with_their_tree()
    {
        var store = await Create();
        Assert.True(await store.ImportAsync(Ticket, [SomeTurns.Turn("t1"), Unanswered(SomeTurns.Turn("u2", "t1", 1)), Unanswered(SomeTurns.Turn("u3", "t1", 1))], "t1"));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(["t1", "u2", "u3"], (await Tree(store, Ticket)).Order());
    }

    [Fact]
    public async Task Outline_is_the_tree_without_contents()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.MoveAsync(Fork, "t1", null));
        Assert.True(await store.AppendAsync(Fork, line[0].After("f2") with { Model = "grok-4.7" }, "t1"));
        Assert.Empty(await store.GetOutlineAsync(new("", "unknown")));
        foreach (var id in new[] { Ticket, Fork })
        {
            var (tree, outline) = (await store.GetTreeAsync(id), await store.GetOutlineAsync(id));
            Assert.Equal(tree.Select(static t => t with { Content = default, StoredResponseIds = [] }), outline.Select(static t => t with { Content = default, StoredResponseIds = [] }));
            Assert.All(outline, static t => Assert.True(t.Content.IsEmpty));
        }
    }

    [Fact]
    public async Task Title_is_kept_through_changes_of_the_head()
    {
        var store = await Create();
        Assert.False(await store.SetTitleAsync(Ticket, "None"));
        var line = await store.Line(Ticket, "t1");
        var before = (await store.FindAsync(Ticket))!;
        Assert.Null(before.Title);
        Assert.True(await store.SetTitleAsync(Ticket, "Zahlen, übrigens \"1\" 🙂"));
        var named = (await store.FindAsync(Ticket))!;
        Assert.Equal(before with { Title = "Zahlen, übrigens \"1\" 🙂" }, named);
        Assert.Equal(named, (await store.LookUpAsync(Ticket, null))!.Info);
        Assert.Equal(named, (await store.LookUpAsync(Ticket, new()))!.Info);
        Assert.Equal(named, Assert.Single(await store.ListAsync(new() { Tenant = "" })));
        Assert.Equal(named, Assert.Single(await store.ListAsync(new() { Tenant = "", After = new(DateTimeOffset.MaxValue, "") })));

        Assert.True(await store.AppendAsync(Ticket, line[0].After("t2"), "t1"));
        await store.Line(Fork, "f1");
        Assert.True(await store.MoveAsync(Ticket, "f1", "t2"));
        Assert.Equal(named.Title, (await store.FindAsync(Ticket))!.Title);
        Assert.True(await store.SetTitleAsync(Ticket, null));
        Assert.Null((await store.FindAsync(Ticket))!.Title);
        await Assert.ThrowsAsync<ArgumentException>(async () => await store.SetTitleAsync(Ticket, "\0"));
    }

    [Fact]
    public async Task Removed_turn_takes_the_turns_after_it_along_and_other_branches_stay()
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        Assert.True(await store.AppendAsync(Ticket, line[0].After("s2"), "t3"));
        Assert.True(await store.AppendAsync(Ticket, Unanswered(line[2].After("u4")), "s2"));
        Assert.Null(await store.RemoveAsync(Ticket, "t2", "t1", "t1"));
        Assert.Null(await store.RemoveAsync(Ticket, "unknown", "t1", "s2"));
        Assert.Null(await store.RemoveAsync(Ticket, "t2", "unknown", "s2"));
        Assert.Null(await store.RemoveAsync(new("", "unknown"), "t2", null, null));
        Assert.Equal(5, (await Tree(store, Ticket)).Count);

        Assert.Equal(["t2", "t3", "u4"], (await store.RemoveAsync(Ticket, "t2", "s2", "s2"))!.Select(static t => t.Id));
        Assert.Equal(["t1", "s2"], await Tree(store, Ticket));
        Assert.Null(await store.GetTurnAsync("", "t3"));
        Assert.Equal(2, (await store.GetUsageAsync(Ticket)).Own.TurnCount);

        // The head moves, and an id of a removed turn is free again.
        Assert.Equal(["s2"], (await store.RemoveAsync(Ticket, "s2", "t1", "s2"))!.Select(static t => t.Id));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.True(await store.AppendAsync(Ticket, line[0].After("s2"), "t1"));
        Assert.Equal(["t1", "s2"], (await store.RemoveAsync(Ticket, "t1", null, "s2"))!.Select(static t => t.Id));
        Assert.Null((await store.FindAsync(Ticket))!.Head);
        Assert.Single(await List(store));
        Assert.Empty(await store.DeleteAsync(Ticket));
    }

    [Fact]
    public async Task Removed_turns_that_a_fork_needs_stay_with_the_fork()
    {
        var store = await Create();
        await Fingerprinted(store, Ticket, "1", "2", "3", "4");
        Assert.True(await store.MoveAsync(Fork, "t3", null));
        Assert.True(await store.AppendAsync(Fork, SomeTurns.Turn("f4", "t3", 3), "t3"));
        Assert.Equal(["t4"], (await store.RemoveAsync(Ticket, "t2", "t1", "t4"))!.Select(static t => t.Id));
        Assert.Equal(["t1"], await Tree(store, Ticket));
        Assert.Equal(["t1", "t2", "t3", "f4"], await Tree(store, Fork));
        Assert.Equal((3, 1), ((await store.GetUsageAsync(Fork)).Own.TurnCount, (await store.GetUsageAsync(Fork)).Shared.TurnCount));
        Assert.Equal("t1", await Match(store, Fork, "f1"));
        Assert.Equal("t3", await Match(store, Fork, "f1", "f2", "f3"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("n2", "t1", 1), "t1"));

        // What the fork shares stays with its owner.
        Assert.Equal(["t2", "t3", "f4"], (await store.RemoveAsync(Fork, "t1", null, "f4"))!.Select(static t => t.Id));
        Assert.Equal(["t1", "n2"], await Tree(store, Ticket));
        Assert.Equal(["t1", "n2"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
    }

    private static ConversationTurn Unanswered(ConversationTurn turn) =>
        turn with { Kind = ConversationTurnKind.Unanswered, IsStored = false, Failure = GrokErrorKind.Timeout };
}
