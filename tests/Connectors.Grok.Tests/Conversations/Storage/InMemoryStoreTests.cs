using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests;
using Connectors.Grok.Stores.Tests.Support;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Conversations.Storage;

public class InMemoryStoreTests : StoreContract
{
    private static readonly ConversationId Ticket = new("", "ticket-4711");

    protected override ValueTask<ConversationStore> Create(TimeProvider? time = null) => new(new InMemoryConversationStore(time));

    [Fact]
    public async Task AppendAsync_throws_with_the_turn_id_when_the_turn_is_already_stored()
    {
        var store = new InMemoryConversationStore();
        await store.Line(Ticket, "t1");
        var e = await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1"), "t1"));
        Assert.Equal("The turn 't1' is already stored. Give each turn a new id.", e.Message);
    }

    [Fact]
    public async Task GetTreeAsync_orders_turns_of_equal_depth_by_creation_time()
    {
        var store = new InMemoryConversationStore();
        await store.Line(Ticket, "t1", "late");
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("early", "t1", 1) with { CreatedAt = SomeTurns.Noon.AddHours(-1) }, "late"));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("latest", "t1", 1) with { CreatedAt = SomeTurns.Noon.AddHours(1) }, "early"));
        Assert.Equal(["t1", "early", "late", "latest"], (await store.GetTreeAsync(Ticket)).Select(static t => t.Id));
    }

    [Fact]
    public async Task Tenant_without_conversations_is_not_kept_in_memory()
    {
        var store = new InMemoryConversationStore();
        var tenant = await Visit(store);
        GC.Collect();
        Assert.False(tenant.IsAlive);
        GC.KeepAlive(store);
    }

    [Fact]
    public async Task Purge_deletes_all_old_names_of_all_tenants_in_batches()
    {
        var clock = new StepClock();
        var store = new InMemoryConversationStore(clock);
        await store.Line(Ticket, [.. Enumerable.Range(0, 600).Select(static i => $"t{i}")]);
        for (var i = 0; i < 1200; i++)
        {
            Assert.True(await store.MoveAsync(new($"tenant {i % 3}", $"n{i}"), null, null));
        }

        var cutoff = clock.GetUtcNow();
        await store.Line(new("", "young"), "y1");
        Assert.Equal(1201, await store.PurgeAsync(cutoff));
        Assert.Equal("young", Assert.Single(await store.ListAsync(new() { Tenant = "" })).Id.Name);
        Assert.Null(await store.GetTurnAsync("", "t0"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.PurgeAsync(DateTimeOffset.MaxValue, new CancellationToken(true)));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Page_does_not_cost_a_sort_of_all_names()
    {
        const int Names = 100_000, Pages = 2_000, PageSize = 50;
        var store = new InMemoryConversationStore();
        for (var i = 0; i < Names; i++)
        {
            Assert.True(await store.MoveAsync(new("", $"n{i}"), null, null));
        }

        // A page that sorted all names would take minutes here.
        using var guard = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var seen = new HashSet<string>();
        ConversationInfo? last = null;
        for (var page = 0; page < Pages; page++)
        {
            var infos = await store.ListAsync(new() { Tenant = "", PageSize = PageSize, After = last is null ? null : new(last.UpdatedAt, last.Id.Name) }, guard.Token);
            Assert.Equal(PageSize, infos.Count);
            Assert.All(infos, i => Assert.True(seen.Add(i.Id.Name)));
            last = infos[^1];
        }

        Assert.Empty(await store.ListAsync(new() { Tenant = "", After = new(last!.UpdatedAt, last.Id.Name) }, guard.Token));
    }

    // Not inlined, so that nothing here holds the tenant's name any more.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> Visit(InMemoryConversationStore store)
    {
        var id = new ConversationId(new string('a', 10), "name");
        Assert.True(await store.MoveAsync(id, null, null));
        Assert.Empty(await store.DeleteAsync(id));
        return new WeakReference(id.Tenant);
    }
}
