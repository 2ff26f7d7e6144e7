using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Branch points, kinds of turns, and turns that are replaced.</summary>
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_fork_that_went_back_keeps_what_it_shared_after_the_first_name_is_deleted(bool isMovedFirst)
    {
        var store = await Create();
        var line = await store.Line(Ticket, "t1", "t2", "t3");
        Assert.True(!isMovedFirst || await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.AppendAsync(Fork, line[1].After("f3"), isMovedFirst ? "t2" : null));
        Assert.True(await store.MoveAsync(Fork, "t1", "f3"));
        Assert.Equal(["t1", "t2", "f3"], await Tree(store, Fork));

        Assert.Equal(["t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(["t1", "t2", "f3"], await Tree(store, Fork));
        Assert.Equal(3, (await store.GetUsageAsync(Fork)).Own.TurnCount);
        Assert.Equal(["t1", "t2", "f3"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }

    [Fact]
    public async Task A_fork_without_turns_of_its_own_keeps_its_branch_point()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2", "t3");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.MoveAsync(Fork, null, "t2"));
        Assert.Equal(["t1", "t2"], await Tree(store, Fork));
        Assert.Equal((0, 2), ((await store.GetUsageAsync(Fork)).Own.TurnCount, (await store.GetUsageAsync(Fork)).Shared.TurnCount));

        // The first turn at which it left the other conversation, whatever it moves to later.
        Assert.True(await store.MoveAsync(Fork, "t3", null));
        Assert.Equal(["t1", "t2", "t3"], await Tree(store, Fork));
        Assert.True(await store.MoveAsync(Fork, "t1", "t3"));
        Assert.Equal(["t1", "t2"], await Tree(store, Fork));
        Assert.Equal(["t3"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(["t1", "t2"], (await store.DeleteAsync(Fork)).Select(static t => t.Id));
    }

    [Fact]
    public async Task A_name_that_was_no_fork_has_no_branch_point()
    {
        var store = await Create();
        await store.Line(Ticket, "t1", "t2");
        await store.Line(Fork, "f1");
        Assert.True(await store.MoveAsync(Fork, "t2", "f1"));
        Assert.Equal(["f1", "t1", "t2"], (await Tree(store, Fork)).Order());
        Assert.True(await store.MoveAsync(Fork, "f1", "t2"));
        Assert.Equal(["f1"], await Tree(store, Fork));

        Assert.True(await store.MoveAsync(Ticket, null, "t2"));
        Assert.True(await store.MoveAsync(Ticket, "t1", null));
        Assert.Equal(["t1", "t2"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
    }

    [Fact]
    public async Task A_deleted_fork_no_longer_keeps_its_branch_point()
    {
        var store = await Create(new StepClock());
        await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.Empty(await store.DeleteAsync(Fork));
        Assert.Equal(["t1", "t2"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));

        await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.MoveAsync(Fork, null, "t2"));
        Assert.Equal(2, await store.PurgeAsync(DateTimeOffset.MaxValue));
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }

    [Fact]
    public async Task A_turn_of_each_kind_comes_back_with_its_hashes()
    {
        var store = await Create();
        string? parent = null, head = null;
        foreach (var (kind, depth) in Enum.GetValues<ConversationTurnKind>().Select(static (k, i) => (k, i)))
        {
            var turn = SomeTurns.FullTurn($"t{depth}") with
            {
                ParentId = parent,
                Depth = depth,
                Kind = kind,
                Fingerprint = $"fingerprint \"{depth}\"",
                AnswerFingerprint = "ü",
                SystemMessagesHash = "def",
                IsBound = true,
            };
            Assert.True(await store.AppendAsync(Ticket, turn, head));
            AssertSame(turn, await store.GetTurnAsync("", turn.Id));
            AssertSame(turn, (await store.GetTreeAsync(Ticket))[^1]);
            if (kind != ConversationTurnKind.Unanswered)
            {
                AssertSame(turn, (await store.LookUpAsync(Ticket, null))!.Head);
                head = turn.Id;
            }

            parent = turn.Id;
        }
    }

    [Fact]
    public async Task A_turn_is_replaced_when_its_content_is_the_expected_one()
    {
        var store = await Create();
        await store.Line(Ticket, "t1");
        await store.AppendAsync(Ticket, Priced("t2", "t1", 1, 10) with { Fingerprint = "old", AnswerFingerprint = "old answer", Content = new byte[] { 1, 2 } }, "t1");
        await store.AppendAsync(Ticket, SomeTurns.Turn("t3", "t2", 2), "t2");
        byte[] content = [3, 4, 5];
        var turn = Priced("t2", "t1", 1, 100) with { Fingerprint = "new", AnswerFingerprint = "new answer", IsBound = true, Model = "grok-4.7", Content = content };
        Assert.False(await store.ReplaceAsync("", turn, new byte[] { 1 }));
        Assert.False(await store.ReplaceAsync("", turn, content));
        Assert.False(await store.ReplaceAsync("another", turn, new byte[] { 1, 2 }));
        Assert.False(await store.ReplaceAsync("", turn with { Id = "t4" }, new byte[] { 1, 2 }));
        Assert.Equal("t2", await Match(store, Ticket, "old", "new"));
        Assert.Equal(10, (await store.GetUsageAsync(Ticket)).Own.InputTokens);

        // The place in the tree is not the caller's to change.
        Assert.True(await store.ReplaceAsync("", turn with { ParentId = null, Depth = 7 }, new byte[] { 1, 2 }));
        content[0] = 9;
        turn = turn with { Content = new byte[] { 3, 4, 5 } };
        AssertSame(turn, await store.GetTurnAsync("", "t2"));
        Assert.Equal(["t1", "t2", "t3"], (await store.GetPathAsync("", "t3")).Select(static t => t.Id));
        Assert.Equal("t3", (await store.FindAsync(Ticket))!.Head);
        Assert.Null(await Match(store, Ticket, "old"));
        Assert.Equal("t2", await Match(store, Ticket, "new"));
        Assert.False(await Holds(store, Ticket, answers: ["old answer"]));
        Assert.True(await Holds(store, Ticket, answers: ["new answer"]));
        Assert.Equal((100, 200, 300), ((await store.GetUsageAsync(Ticket)).Own.InputTokens, (await store.GetUsageAsync(Ticket)).Own.OutputTokens, (await store.GetUsageAsync(Ticket)).Own.CostInUsdTicks));
        Assert.False(await store.ReplaceAsync("", turn, new byte[] { 1, 2 }));

        // A first turn stays one.
        Assert.True(await store.ReplaceAsync("", SomeTurns.Turn("t1", "t3", 3) with { Content = content }, (await store.GetTurnAsync("", "t1"))!.Content));
        Assert.Equal((null, 0), ((await store.GetTurnAsync("", "t1"))!.ParentId, (await store.GetTurnAsync("", "t1"))!.Depth));
    }

    private static async Task<List<string>> Tree(ConversationStore store, ConversationId id) => [.. (await store.GetTreeAsync(id)).Select(static t => t.Id)];
}
