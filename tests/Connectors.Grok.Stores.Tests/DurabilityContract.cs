using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>What every store outside the process promises: it outlives the process, however that ends, and may be shared.</summary>
public abstract class DurabilityContract
{
    /// <summary>The kind of store and what a writer process needs to open it, empty and not yet created.</summary>
    protected abstract ValueTask<(string Kind, string Medium)> Create();

    protected abstract ConversationStore Open(string medium);

    [Fact]
    public async Task A_store_opened_again_holds_what_was_written()
    {
        var (_, medium) = await Create();
        var turn = SomeTurns.FullTurn("t1");
        var first = Open(medium);
        Assert.True(await first.AppendAsync(Writer.Shared, turn, null));
        await ((IAsyncDisposable)first).DisposeAsync();

        var second = Open(medium);
        var stored = await second.GetTurnAsync(Writer.Shared.Tenant, "t1");
        Assert.Equal(turn.Content.ToArray(), stored!.Content.ToArray());
        Assert.True(await second.AppendAsync(Writer.Shared, turn.After("t2"), "t1"));
        await ((IAsyncDisposable)second).DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await second.FindAsync(Writer.Shared));
    }

    [Fact]
    public async Task Many_that_open_a_new_store_at_once_create_it_once()
    {
        // What one of them sees of another's making is a matter of luck: ten tries.
        for (var round = 0; round < 10; round++)
        {
            var (_, medium) = await Create();
            var stores = Enumerable.Range(0, 16).Select(_ => Open(medium)).ToList();
            await Task.WhenAll(stores.Select((s, i) => Task.Run(() => StoreContract.Persist(s, Writer.Shared, $"s{i}"))));
            Assert.Equal(16, (await stores[0].DeleteAsync(Writer.Shared)).Count);
            foreach (var store in stores)
            {
                await ((IAsyncDisposable)store).DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Two_processes_on_one_name_lose_nothing()
    {
        var (kind, medium) = await Create();
        using var one = Writer.Start(kind, medium, "one-", 60);
        using var two = Writer.Start(kind, medium, "two-", 60);
        var acknowledged = await Task.WhenAll(one.AcknowledgedAsync(), two.AcknowledgedAsync());
        await one.EndAsync();
        await two.EndAsync();
        Assert.Equal([60, 60], acknowledged.Select(static a => a.Count));

        var store = Open(medium);
        Assert.Equal(acknowledged.SelectMany(static a => a).Order(), (await Writer.ReadWholeAsync(store)).Order());
        await ((IAsyncDisposable)store).DisposeAsync();
    }

    [Fact]
    public async Task A_process_killed_at_any_point_of_200_turns_loses_no_acknowledged_one_and_leaves_none_in_part()
    {
        var (kind, medium) = await Create();
        var random = new Random(4711);
        var acknowledged = new List<string>();
        for (var life = 0; acknowledged.Count < 200; life++)
        {
            using var writer = Writer.Start(kind, medium, $"{life}-", 200);
            acknowledged.AddRange(await writer.AcknowledgedAsync(random.Next(15, 45)));

            // Some part of a turn further.
            Thread.SpinWait(random.Next(1_000_000));
            acknowledged.AddRange(await writer.KillAsync());
            var store = Open(medium);
            var stored = await Writer.ReadWholeAsync(store);
            await ((IAsyncDisposable)store).DisposeAsync();
            Assert.Empty(acknowledged.Except(stored));
            Assert.Equal(stored.Count, stored.Distinct().Count());

            // At most the one turn of each life that was committed, and not yet said when the process died.
            Assert.InRange(stored.Count - acknowledged.Count, 0, life + 1);
        }
    }
}
