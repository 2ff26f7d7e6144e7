using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests;
using Connectors.Grok.Stores.Tests.Support;

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
