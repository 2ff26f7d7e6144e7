using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Turns that several names share are inherited when names are deleted, whichever and in whatever order.</summary>
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Deleting_names_in_any_order_changes_no_tree_of_another_name(int seed)
    {
        var store = await Create();
        var random = new Random(seed);
        List<ConversationId> names = [];
        List<ConversationTurn> turns = [];
        for (var i = 0; i < 12; i++)
        {
            names.Add(new("", $"n{i}"));
            string? head = null;
            for (var j = random.Next(1, 5); j > 0; j--)
            {
                // On top of any turn so far, so that names fork each other and themselves.
                var turn = turns.Count == 0 || random.Next(6) == 0 ? SomeTurns.Turn($"t{turns.Count}") : turns[random.Next(turns.Count)].After($"t{turns.Count}");
                turn = turn with { Fingerprint = turn.Id };
                Assert.True(await store.AppendAsync(names[^1], turn, head));
                turns.Add(turn);
                head = turn.Id;
            }

            if (random.Next(3) == 0)
            {
                Assert.True(await store.MoveAsync(names[^1], random.Next(2) == 0 ? null : turns[random.Next(turns.Count)].Id, head));
            }
        }

        var deleted = new List<string>();
        while (names.Count > 0)
        {
            var trees = await Task.WhenAll(names.Select(async n => (Name: n, Turns: (await Tree(store, n)).Order().ToList(), Count: Count(await store.GetUsageAsync(n)))));
            var name = names[random.Next(names.Count)];
            names.Remove(name);
            deleted.AddRange((await store.DeleteAsync(name)).Select(static t => t.Id));
            foreach (var tree in trees.Where(t => t.Name != name))
            {
                Assert.Equal(tree.Turns, (await Tree(store, tree.Name)).Order());
                Assert.Equal(tree.Count, Count(await store.GetUsageAsync(tree.Name)));

                // A history that ends on the head's path is found, whoever owns its turns now.
                var path = await store.GetPathAsync("", (await store.FindAsync(tree.Name))!.Head ?? "none");
                await Task.WhenAll(turns.Where(t => path.Any(p => p.Id == t.Id) || !tree.Turns.Contains(t.Id))
                    .Select(async turn => Assert.Equal(tree.Turns.Contains(turn.Id) ? turn.Id : null, await Match(store, tree.Name, turn.Id))));
            }
        }

        Assert.Equal(turns.Select(static t => t.Id).Order(), deleted.Order());

        static int Count(ConversationUsage usage) => usage.Own.TurnCount + usage.Shared.TurnCount;
    }

    [Fact]
    public async Task Purge_of_a_template_with_its_forks_keeps_what_the_last_forks_share()
    {
        var clock = new StepClock();
        var store = await Create(clock);
        var line = await store.Line(Ticket, "t1", "t2", "t3", "t4");
        for (var i = 0; i < 30; i++)
        {
            Assert.True(await store.MoveAsync(new("", $"f{i}"), line[i % 3].Id, null));
        }

        var cutoff = clock.GetUtcNow();
        Assert.True(await store.MoveAsync(new("", "young"), "t2", null));
        Assert.True(await store.AppendAsync(new("", "younger"), line[0].After("x"), null));
        Assert.Equal(31, await store.PurgeAsync(cutoff));
        Assert.Equal(["t1", "t2"], await Tree(store, new("", "young")));
        Assert.Equal(["t1", "x"], await Tree(store, new("", "younger")));
        Assert.Null(await store.GetTurnAsync("", "t3"));
        Assert.Equal(3, (await store.DeleteAsync(new("", "young"))).Count + (await store.DeleteAsync(new("", "younger"))).Count);
        Assert.Null(await store.GetTurnAsync("", "t1"));
    }

    [Fact]
    public async Task Import_of_two_thousand_turns_is_whole()
    {
        var store = await Create();
        List<ConversationTurn> turns = [SomeTurns.Turn("i0")];
        for (var i = 1; i < 2000; i++)
        {
            turns.Add(turns[i % 7 == 0 ? i / 2 : i - 1].After($"i{i}"));
        }

        Assert.True(await store.ImportAsync(Ticket, turns, "i1990"));
        var tree = await store.GetTreeAsync(Ticket);
        Assert.Equal(turns.Select(static t => (t.Id, t.ParentId, t.Depth)).Order(), tree.Select(static t => (t.Id, t.ParentId, t.Depth)).Order());
        Assert.Equal("i1990", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal(turns[1990].Depth + 1, (await store.GetPathAsync("", "i1990")).Count);
        Assert.Equal(2000, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Initialized_store_passes_its_check()
    {
        var store = await Create();
        await store.InitializeAsync();
        await store.CheckAsync();
        await store.Line(Ticket, "t1");
        await store.InitializeAsync();
        await store.CheckAsync();
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
    }
}
