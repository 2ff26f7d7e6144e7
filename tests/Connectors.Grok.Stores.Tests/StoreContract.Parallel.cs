using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

public abstract partial class StoreContract
{
    [Fact]
    public async Task Exactly_one_of_64_concurrent_appends_succeeds_per_head()
    {
        var store = await Create();
        await store.Line(Ticket, "t0");
        for (var round = 0; round < 3; round++)
        {
            var head = (await store.FindAsync(Ticket))!.Head!;
            var won = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(async () =>
                await store.AppendAsync(Ticket, SomeTurns.Turn($"r{round}-{i}", head, round + 1), head) ? $"r{round}-{i}" : null)));
            var winner = Assert.Single(won, static w => w is not null);
            Assert.Equal(winner, (await store.FindAsync(Ticket))!.Head);
        }

        Assert.Equal(4, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Concurrent_writers_that_retry_lose_no_turn()
    {
        var store = await Create();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => AppendWithRetryAsync(store, Ticket, $"w{i}"))));
        var path = await store.GetPathAsync("", (await store.FindAsync(Ticket))!.Head!);
        Assert.Equal(Enumerable.Range(0, 64).Select(static i => $"w{i}").Order(), path.Select(static t => t.Id).Order());
        Assert.Equal(Enumerable.Range(0, 64), path.Select(static t => t.Depth));
    }

    [Fact]
    public async Task Concurrent_appends_to_64_conversations_stay_separate()
    {
        var store = await Create();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => store.Line(new("", $"n{i}"), $"n{i}-1", $"n{i}-2", $"n{i}-3"))));
        Assert.Equal(64, (await List(store)).Count);
        for (var i = 0; i < 64; i++)
        {
            Assert.Equal([$"n{i}-1", $"n{i}-2", $"n{i}-3"], (await store.GetPathAsync("", $"n{i}-3")).Select(static t => t.Id));
        }
    }

    [Fact]
    public async Task Fork_during_delete_leaves_no_incomplete_path()
    {
        var store = await Create();
        for (var round = 0; round < 10; round++)
        {
            ConversationId trunk = new("", $"trunk{round}"), fork = new("", $"fork{round}");
            var line = await store.Line(trunk, $"{round}-1", $"{round}-2");
            var forking = Task.Run(async () => await store.AppendAsync(fork, line[1].After($"{round}-3"), null));
            var deleting = Task.Run(async () => await store.DeleteAsync(trunk));
            var (forked, deleted) = (await forking, (await deleting).Count);
            Assert.Equal(forked ? 0 : 2, deleted);
            Assert.Equal(forked ? 3 : 0, (await store.GetPathAsync("", $"{round}-3")).Count);
            Assert.Equal(forked, await store.FindAsync(fork) is not null);
        }
    }

    [Fact]
    public async Task Append_during_delete_leaves_no_turn()
    {
        var store = await Create();
        for (var round = 0; round < 10; round++)
        {
            var line = await store.Line(Ticket, $"{round}-1");
            var appending = Task.Run(async () => await store.AppendAsync(Ticket, line[0].After($"{round}-2"), line[0].Id));
            var deleting = Task.Run(async () => await store.DeleteAsync(Ticket));
            Assert.Equal(await appending ? 2 : 1, (await deleting).Count);
            Assert.Null(await store.GetTurnAsync("", $"{round}-2"));
            Assert.Null(await store.FindAsync(Ticket));
        }
    }

    /// <summary>Reads the head and appends to it, until that succeeds.</summary>
    internal static async Task AppendWithRetryAsync(ConversationStore store, ConversationId id, string turn)
    {
        while (true)
        {
            var head = (await store.FindAsync(id))?.Head;
            var parent = head is null ? null : await store.GetTurnAsync(id.Tenant, head);
            if (await store.AppendAsync(id, parent is null ? SomeTurns.Turn(turn) : parent.After(turn), head))
            {
                return;
            }
        }
    }
}
