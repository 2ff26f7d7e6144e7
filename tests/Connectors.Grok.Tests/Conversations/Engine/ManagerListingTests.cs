using System.Buffers.Binary;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Pages, messages and totals that the manager tells of conversations.</summary>
public class ManagerListingTests : ScriptedConversationTest
{
    public static TheoryData<string> InvalidTokens =>
    [
        "", " ", "x", "\u00e9", "AQ", Token(2, 0, "a"), Token(1, -1, "a"), Token(1, long.MaxValue, "a"), Token(1, 0, ""), Convert.ToBase64String([1, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF]),
    ];

    [Theory]
    [InlineData(1, "1 1 1 1")]
    [InlineData(2, "2 2")]
    [InlineData(3, "3 1")]
    [InlineData(4, "4")]
    [InlineData(1000, "4")]
    public async Task ListPageAsync_returns_each_conversation_once_and_no_token_on_the_last_page(int size, string counts)
    {
        string[] names = ["a", "b", "c\u00e9\U0001F600", "d/+?"];
        var manager = await CreateConversationsAsync(names);
        await Say(Over(new ScriptedClient(Answers("foreign"))), "Foreign.", new ChatOptions().WithTenant("other"));
        var pages = new List<ConversationPage>();
        do
        {
            pages.Add(await manager.ListPageAsync(size, pages.LastOrDefault()?.ContinuationToken));
        }
        while (pages[^1].ContinuationToken is not null);

        Assert.Equal(counts, string.Join(' ', pages.Select(static p => p.Conversations.Count)));
        var all = pages.SelectMany(static p => p.Conversations).ToList();
        Assert.Equal(names.Order(StringComparer.Ordinal), all.Select(static c => c.ConversationId).Order(StringComparer.Ordinal));
        Assert.Equal(all, await manager.ListAsync().ToListAsync());
        Assert.All(pages.Select(static p => p.ContinuationToken).OfType<string>(), static t => Assert.Matches("^[A-Za-z0-9_-]+$", t));
        Assert.All(all, static c => Assert.NotNull(c.HeadTurnId));
    }

    [Theory]
    [MemberData(nameof(InvalidTokens))]
    public async Task ListPageAsync_throws_for_an_invalid_continuation_token(string token) =>
        Assert.Equal("continuationToken", (await Assert.ThrowsAsync<ArgumentException>(() => Manager().ListPageAsync(10, token))).ParamName);

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public async Task ListPageAsync_throws_for_a_page_size_below_1_or_above_1000(int size) =>
        Assert.Equal("pageSize", (await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Manager().ListPageAsync(size))).ParamName);

    [Fact]
    public async Task ListAsync_reads_as_many_pages_as_needed()
    {
        var store = new HookedStore(Store);
        var turn = (await Store.GetTreeAsync(new("", (await CreateConversationsAsync("x")).ListAsync().ToBlockingEnumerable().Single().ConversationId)))[0];
        for (var i = 0; i < 1200; i++)
        {
            await Store.MoveAsync(new("", $"n{i}"), turn.Id, null);
        }

        Assert.Equal(1201, (await Manager(store).ListAsync().ToListAsync()).DistinctBy(static c => c.ConversationId).Count());
        Assert.Equal(["ListAsync", "ListAsync"], store.Calls);
    }

    [Fact]
    public async Task GetMessagesAsync_returns_the_messages_of_the_current_path()
    {
        var client = Over(new ScriptedClient(Answers("One!"), Answers("Two!", "r2"), Answers("Two!!", "r3")));
        await Say(client, "One?", new ChatOptions { Instructions = "Be brief." });
        await Say(client, "Two?");
        await client.RegenerateAsync(Ticket);
        Assert.Equal("user: One?\nassistant: One!\nuser: Two?\nassistant: Two!!", Said(await client.Conversations.GetMessagesAsync(Ticket)));
        Assert.Empty(await client.Conversations.GetMessagesAsync("nobody"));
    }

    [Fact]
    public async Task Totals_of_conversations_that_share_turns_count_each_turn_once()
    {
        var client = Over(new ScriptedClient(Priced("r1", 1), Priced("r2", 2), Priced("r3", 4), Priced("r4", 8)));
        foreach (var question in (string[])["One?", "Two?", "Three?"])
        {
            await Say(client, question);
        }

        await client.Conversations.ForkAsync(Ticket, "fork");
        await Say(client, "Four?", id: "fork");
        var states = new List<ConversationState>();
        await foreach (var conversation in client.Conversations.ListAsync())
        {
            states.Add((await client.Conversations.GetAsync(conversation.ConversationId))!);
        }

        Assert.Equal(0.0000000015m, states.Sum(static s => s.CostInUsd));
        Assert.Equal((15, 150, 1500), (states.Sum(static s => s.CostInUsdTicks), states.Sum(static s => s.InputTokens), states.Sum(static s => s.OutputTokens)));
        Assert.Equal(4, states.Sum(static s => s.OwnTurnCount));
        var fork = states.Single(static s => s.ConversationId == "fork");
        Assert.Equal((4, 4, 1), (fork.TurnCount, fork.TreeCount, fork.OwnTurnCount));
        Assert.Equal((3, 70, 700, 0.0000000007m), (fork.Shared.TurnCount, fork.Shared.InputTokens, fork.Shared.OutputTokens, fork.Shared.CostInUsd));
        Assert.Equal(ConversationTotals.None, states.Single(static s => s.ConversationId == Ticket).Shared);
        Assert.Equal((0.0000000008m, 0.0000000015m), (fork.Head!.CostInUsd, fork.Head.TotalCostInUsd));
    }

    [Fact]
    public async Task Manager_can_be_replaced_by_a_test_double()
    {
        ConversationManager manager = new FakeManager();
        Assert.Equal("fake", (await manager.GetAsync(Ticket))!.ConversationId);
        Assert.Empty(await manager.GetTurnsAsync(Ticket));
    }

    private static string Token(byte version, long ticks, string name)
    {
        var bytes = new byte[9 + name.Length];
        bytes[0] = version;
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), ticks);
        System.Text.Encoding.ASCII.GetBytes(name, bytes.AsSpan(9));
        return Convert.ToBase64String(bytes);
    }

    private static Func<ChatResponseUpdate[]> Priced(string id, int amount) => Answers(
        [new TextContent("Yes."), new UsageContent(new() { InputTokenCount = 10 * amount, OutputTokenCount = 100 * amount, AdditionalCounts = new() { [GrokKeys.Usage.CostInUsdTicks] = amount } })], id);

    private async Task<ConversationManager> CreateConversationsAsync(params string[] names)
    {
        var client = Over(new ScriptedClient([.. names.Select(static (_, i) => Answers("Yes.", $"r{i}"))]));
        foreach (var name in names)
        {
            await Say(client, "Hello.", id: name).ConfigureAwait(false);
        }

        return client.Conversations;
    }

    private sealed class FakeManager : ConversationManager
    {
        public override Task<ConversationState?> GetAsync(string conversationId, CancellationToken cancellationToken = default) =>
            Task.FromResult<ConversationState?>(new() { ConversationId = "fake", CreatedAt = default, UpdatedAt = default });
    }
}
