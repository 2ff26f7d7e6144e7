using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>The contract of every store outside the process: it survives the end or crash of the process and can be shared.</summary>
public abstract class DurabilityContract
{
    /// <summary>Returns the kind of a store that does not exist yet, and the medium that a writer process needs to open it.</summary>
    protected abstract ValueTask<(string Kind, string Medium)> Create();

    protected abstract ConversationStore Open(string medium);

    [Fact]
    public async Task Reopened_store_contains_the_stored_turns()
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
    public async Task New_store_is_created_once_when_opened_concurrently()
    {
        // Which store creates the schema depends on timing, so the test repeats ten times.
        for (var round = 0; round < 10; round++)
        {
            var (_, medium) = await Create();
            var stores = Enumerable.Range(0, 16).Select(_ => Open(medium)).ToList();
            await Task.WhenAll(stores.Select((s, i) => Task.Run(() => StoreContract.AppendWithRetryAsync(s, Writer.Shared, $"s{i}"))));
            Assert.Equal(16, (await stores[0].DeleteAsync(Writer.Shared)).Count);
            foreach (var store in stores)
            {
                await ((IAsyncDisposable)store).DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Two_processes_appending_to_one_conversation_lose_no_turn()
    {
        var (kind, medium) = await Create();
        using var one = Writer.Start(kind, medium, "one-", 60);
        using var two = Writer.Start(kind, medium, "two-", 60);
        var acknowledged = await Task.WhenAll(one.ReadAcknowledgedAsync(), two.ReadAcknowledgedAsync());
        await one.WaitForExitAsync();
        await two.WaitForExitAsync();
        Assert.Equal([60, 60], acknowledged.Select(static a => a.Count));

        var store = Open(medium);
        Assert.Equal(acknowledged.SelectMany(static a => a).Order(), (await Writer.ReadCompleteAsync(store)).Order());
        await ((IAsyncDisposable)store).DisposeAsync();
    }

    [Fact]
    public async Task Killed_process_loses_no_acknowledged_turn_and_stores_no_partial_turn()
    {
        var (kind, medium) = await Create();
        var random = new Random(4711);
        var acknowledged = new List<string>();
        for (var life = 0; acknowledged.Count < 200; life++)
        {
            using var writer = Writer.Start(kind, medium, $"{life}-", 200);
            acknowledged.AddRange(await writer.ReadAcknowledgedAsync(random.Next(15, 45)));

            // Kill the process at a random point of the next turn.
            Thread.SpinWait(random.Next(1_000_000));
            acknowledged.AddRange(await writer.KillAsync());
            var store = Open(medium);
            var stored = await Writer.ReadCompleteAsync(store);
            await ((IAsyncDisposable)store).DisposeAsync();
            Assert.Empty(acknowledged.Except(stored));
            Assert.Equal(stored.Count, stored.Distinct().Count());

            // Each killed process can have committed at most one turn that it did not report.
            Assert.InRange(stored.Count - acknowledged.Count, 0, life + 1);
        }
    }
}
