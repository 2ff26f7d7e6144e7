using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>A fork keeps what it shares: through the client and its manager.</summary>
public class ForkTests : ScriptedConversationTest
{
    [Fact]
    public async Task Fork_returns_to_the_turn_at_which_it_was_made_after_it_was_rewound()
    {
        var (client, turns) = await CreateAsync(3);
        var manager = client.Conversations;
        await manager.ForkAsync(Ticket, "two", turns[1]);
        await manager.RewindAsync("two");
        Assert.Equal([turns[0]], (await manager.GetTurnsAsync("two")).Select(static t => t.Id));
        Assert.Equal([turns[0], turns[1]], (await manager.GetTreeAsync("two")).Select(static t => t.Id));
        await manager.GoToAsync("two", turns[1]);
        Assert.Equal([turns[0], turns[1]], (await manager.GetTurnsAsync("two")).Select(static t => t.Id));

        // A turn that it does not share is not in it.
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.GoToAsync("two", turns[2]));
        Assert.Equal($"The conversation 'two' has no turn '{turns[2]}'.", e.Message);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.ForkAsync("two", "three", turns[2]));
        await manager.RewindAsync("two", 2);
        await manager.ForkAsync("two", "three", turns[1]);
        Assert.Equal(2, (await manager.GetTurnsAsync("three")).Count);
    }

    [Fact]
    public async Task Answer_regenerated_in_a_fork_stays_in_it_with_its_cost_after_the_first_conversation_is_deleted()
    {
        var (client, turns) = await CreateAsync(2, "again");
        var manager = client.Conversations;
        await manager.ForkAsync(Ticket, "fork");
        Assert.Equal("again", (await client.RegenerateAsync("fork")).Text);
        var state = (await manager.GetAsync("fork"))!;
        Assert.Equal((2, 3, 1, 4m, 3m), (state.TurnCount, state.TreeCount, state.OwnTurnCount, state.CostInUsd, state.Shared.CostInUsd));
        // What the conversation cost so far counts for a budget: also the answer that was replaced.
        Assert.Equal(7m, state.Head!.TotalCostInUsd);

        await manager.DeleteAsync(Ticket);
        state = (await manager.GetAsync("fork"))!;
        Assert.Equal((2, 3, 3, 7m, 0m), (state.TurnCount, state.TreeCount, state.OwnTurnCount, state.CostInUsd, state.Shared.CostInUsd));
        await manager.GoToAsync("fork", turns[1]);
        Assert.Equal("user: Question 1?\nassistant: answer 1\nuser: Question 2?\nassistant: answer 2", Said(await manager.GetMessagesAsync("fork")));
        await manager.DeleteAsync("fork");
        Assert.Null(await Store.GetTurnAsync("", turns[0]));
    }

    [Fact]
    public async Task Fork_keeps_all_shared_turns_after_the_first_conversation_is_deleted()
    {
        var (client, turns) = await CreateAsync(3, "here");
        var manager = client.Conversations;
        await manager.ForkAsync(Ticket, "fork", turns[1]);
        await manager.RewindAsync("fork");
        await manager.DeleteAsync(Ticket);
        Assert.Equal([turns[0], turns[1]], (await manager.GetTreeAsync("fork")).Select(static t => t.Id));
        await manager.GoToAsync("fork", turns[1]);
        Assert.Equal("here", (await Say(client, "And here?", id: "fork")).Text);
        Assert.Equal(3, (await manager.GetTurnsAsync("fork")).Count);
    }

    [Fact]
    public async Task Exported_fork_contains_the_turns_that_it_went_back_from()
    {
        var (client, turns) = await CreateAsync(2);
        var manager = client.Conversations;
        await manager.ForkAsync(Ticket, "fork");
        await manager.RewindAsync("fork", 2);
        using var document = new MemoryStream();
        await manager.ExportAsync("fork", document);
        document.Position = 0;
        await manager.ImportAsync("copy", document);
        Assert.Equal(2, (await manager.GetTreeAsync("copy")).Count);
        Assert.Empty(await manager.GetTurnsAsync("copy"));
        Assert.NotEqual(turns[0], (await manager.GetTreeAsync("copy"))[0].Id);
    }

    [Fact]
    public async Task Fork_of_a_turn_that_is_deleted_meanwhile_throws_that_there_is_no_such_turn()
    {
        var (client, turns) = await CreateAsync(1);
        var manager = Manager(new HookedStore(Store, async name =>
        {
            if (name == nameof(ConversationStore.MoveAsync))
            {
                await client.Conversations.DeleteAsync(Ticket);
            }
        }));
        var e = await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.ForkAsync(Ticket, "fork"));
        Assert.Equal($"The conversation 'ticket-4711' has no turn '{turns[0]}'.", e.Message);
        Assert.Null(await Store.FindAsync(new("", "fork")));
    }

    [Fact]
    public async Task Go_to_and_fork_find_turns_of_every_kind_and_read_the_tree_only_for_those_that_are_no_answers()
    {
        var (client, turns) = await CreateAsync(2);
        var id = new ConversationId("", Ticket);
        Assert.True(await Store.AppendAsync(id, new() { Id = "kind", ParentId = turns[1], Depth = 2, IsStored = false, CreatedAt = default, Kind = ConversationTurnKind.Compaction }, turns[1]));
        Assert.True(await Store.MoveAsync(id, turns[1], "kind"));
        var store = new HookedStore(Store);
        await Manager(store).GoToAsync(Ticket, turns[0]);
        Assert.Equal(["LookUpAsync", "MoveAsync"], store.Calls);
        store.Calls.Clear();
        await Manager(store).ForkAsync(Ticket, "fork", "kind");
        Assert.Equal(["LookUpAsync", "GetTreeAsync", "FindAsync", "MoveAsync"], store.Calls);
        Assert.NotNull(client);
    }

    /// <summary>A conversation of some turns, of which the n-th costs n dollars, and the texts of further answers.</summary>
    private async Task<(ConversationChatClient Client, List<string> Turns)> CreateAsync(int count, params string[] further)
    {
        var texts = Enumerable.Range(1, count).Select(static i => $"answer {i}").Concat(further).ToList();
        var client = Over(new ScriptedClient([.. texts.Select((text, i) => Priced(text, $"r{i + 1}", i == count ? 4 : i + 1))]));
        var turns = new List<string>();
        for (var i = 1; i <= count; i++)
        {
            turns.Add((await Say(client, $"Question {i}?")).GetTurnId()!);
        }

        return (client, turns);
    }

    private static Func<ChatResponseUpdate[]> Priced(string text, string id, int usd) => () =>
    {
        var answer = ScriptedClient.Text(text, id);
        answer[0].Contents.Add(new UsageContent(new UsageDetails { AdditionalCounts = new() { [GrokKeys.Usage.CostInUsdTicks] = usd * 10_000_000_000L } }));
        return answer;
    };
}
