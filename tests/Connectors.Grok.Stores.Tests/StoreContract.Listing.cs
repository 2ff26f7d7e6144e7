using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>Every store lists conversations in pages, and totals the turns, tokens and costs of a conversation.</summary>
public abstract partial class StoreContract
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Paging_returns_each_conversation_once_when_change_times_are_equal(int size)
    {
        var clock = new SetClock();
        var store = await Create(clock);
        string[] names = ["a", "B", "b", "ab", "\u00e9", "\ufb03", "\U0001F600", "z", "Z", "10", "9"];
        foreach (var (name, i) in names.Select(static (n, i) => (n, i)))
        {
            clock.Now = SomeTurns.Noon.AddTicks(i / 8);
            await store.Line(new("", name), $"t{i}");
        }

        await store.Line(new("other tenant", "foreign"), "x");
        var all = new List<ConversationInfo>();
        IReadOnlyList<ConversationInfo> page;
        do
        {
            page = await store.ListAsync(new() { Tenant = "", PageSize = size, After = all.Count == 0 ? null : new(all[^1].UpdatedAt, all[^1].Id.Name) });
            Assert.InRange(page.Count, 0, size);
            all.AddRange(page);
        }
        while (page.Count == size);

        Assert.Equal(names.Order(StringComparer.Ordinal), all.Select(static i => i.Id.Name).Order(StringComparer.Ordinal));
        Assert.Equal(all.Select(static i => i.UpdatedAt).OrderDescending(), all.Select(static i => i.UpdatedAt));
    }

    [Fact]
    public async Task List_accepts_positions_in_any_time_zone_and_at_times_of_no_conversation()
    {
        var clock = new SetClock();
        var store = await Create(clock);
        await store.Line(new("", "m"), "t1");
        var position = SomeTurns.Noon.ToOffset(TimeSpan.FromHours(2));
        Assert.Single(await store.ListAsync(new() { Tenant = "", After = new(position.AddTicks(1), "m") }));
        Assert.Empty(await store.ListAsync(new() { Tenant = "", After = new(position.AddTicks(-1), "m") }));
        Assert.Empty(await store.ListAsync(new() { Tenant = "", After = new(position, "m") }));
    }

    [Fact]
    public async Task Usage_counts_a_shared_turn_as_own_only_for_its_owner()
    {
        var store = await Create();
        Assert.Equal(ConversationUsage.None, await store.GetUsageAsync(Ticket));
        await store.AppendAsync(Ticket, Priced("t1", null, 0, 1), null);
        await store.AppendAsync(Ticket, Priced("t2", "t1", 1, 10), "t1");
        await store.AppendAsync(Ticket, Priced("t2b", "t1", 1, 100), "t2");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.Equal(Used(own: Totals(3, 111)), await store.GetUsageAsync(Ticket));
        Assert.Equal(Used(shared: Totals(2, 11)), await store.GetUsageAsync(Fork));

        await store.AppendAsync(Fork, Priced("f3", "t2", 2, 1L << 40), "t2");
        Assert.Equal(Used(Totals(1, 1L << 40), Totals(2, 11)), await store.GetUsageAsync(Fork));
        Assert.Equal(Used(own: Totals(3, 111)), await store.GetUsageAsync(Ticket));

        // Reassigned turns count as own turns of their new owner.
        await store.DeleteAsync(Ticket);
        Assert.Equal(Used(own: Totals(3, (1L << 40) + 11)), await store.GetUsageAsync(Fork));
        Assert.Equal(ConversationUsage.None, await store.GetUsageAsync(Ticket));
        Assert.Equal(ConversationUsage.None, await store.GetUsageAsync(new("another", Fork.Name)));
    }

    [Fact]
    public async Task Usage_sums_cached_tokens_and_savings_which_are_null_when_those_of_a_turn_are_unknown()
    {
        var store = await Create();
        await store.AppendAsync(Ticket, Cached("t1", null, 0, 0, 0), null);
        await store.AppendAsync(Ticket, Cached("t2", "t1", 1, 128, 1L << 40), "t1");
        await store.AppendAsync(Ticket, Cached("t3", "t2", 2, 256, 7), "t2");
        // As earlier versions stored it: nothing was cached, and nothing is said of savings.
        await store.AppendAsync(Ticket, Cached("t4", "t3", 3, 0, null), "t3");
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.Equal((384L, (1L << 40) + 7), Cache((await store.GetUsageAsync(Ticket)).Own));
        Assert.Equal((128L, 1L << 40), Cache((await store.GetUsageAsync(Fork)).Shared));

        await store.AppendAsync(Ticket, Cached("t5", "t4", 4, 128, null), "t4");
        Assert.Equal((512L, null), Cache((await store.GetUsageAsync(Ticket)).Own));
        await store.AppendAsync(Ticket, Cached("t6", "t5", 5, 128, 5), "t5");
        Assert.Equal((640L, null), Cache((await store.GetUsageAsync(Ticket)).Own));

        static (long, long?) Cache(ConversationTotals totals) => (totals.CachedInputTokens, totals.CacheSavingsInUsdTicks);
    }

    private static ConversationTurn Cached(string id, string? parent, int depth, long cached, long? savings) =>
        SomeTurns.Turn(id, parent, depth) with { InputTokens = 1000, CachedInputTokens = cached, CacheSavingsInUsdTicks = savings };

    private static ConversationTurn Priced(string id, string? parent, int depth, long amount) =>
        SomeTurns.Turn(id, parent, depth) with { InputTokens = amount, OutputTokens = 2 * amount, CostInUsdTicks = 3 * amount };

    private static ConversationTotals Totals(int turns, long amount) =>
        new() { TurnCount = turns, InputTokens = amount, OutputTokens = 2 * amount, CostInUsdTicks = 3 * amount };

    private static ConversationUsage Used(ConversationTotals? own = null, ConversationTotals? shared = null) =>
        new() { Own = own ?? ConversationTotals.None, Shared = shared ?? ConversationTotals.None };

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = SomeTurns.Noon;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
