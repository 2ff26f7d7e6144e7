using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>A conversation that is older than <see cref="ConversationOptions.KeepFor"/> does not exist for anyone, and is deleted only as it was found.</summary>
public class KeepForTests : ScriptedConversationTest
{
    private static readonly TimeSpan Week = TimeSpan.FromDays(7);
    private static readonly ConversationId Id = new("", Ticket);

    private readonly InMemoryConversationStore _store;

    public KeepForTests() => _store = new(Clock);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turn_that_another_node_saved_under_an_expired_name_is_kept(bool stream)
    {
        await Say(Keeping(_store, Answers("old answer", "r0")), "Old question.");
        Clock.Advance(Week + TimeSpan.FromTicks(1));

        // Both find the conversation expired; the first one deletes it and saves a turn before the second one deletes.
        var first = Keeping(_store, Answers("first answer", "r1"));
        var isFirst = true;
        var second = Keeping(
            new HookedStore(_store, async name =>
            {
                if (name == nameof(ConversationStore.DeleteAsync) && isFirst)
                {
                    isFirst = false;
                    await Say(first, "First question.");
                }
            }),
            Answers("second answer", "r2"));
        var options = new ChatOptions { ConversationId = Ticket };
        var answer = stream ? await second.GetStreamingResponseAsync("Second question.", options).ToChatResponseAsync() : await second.GetResponseAsync("Second question.", options);

        Assert.False(isFirst);
        Assert.Equal("second answer", answer.Text);
        Assert.Equal(["r1", "r2"], (await first.Conversations.GetTurnsAsync(Ticket)).Select(static t => t.ResponseId));
        Assert.Equal("user: First question.\nassistant: first answer\nuser: Second question.\nassistant: second answer", Said(await first.Conversations.GetMessagesAsync(Ticket)));
    }

    [Fact]
    public async Task Turn_saved_between_the_deletion_and_the_append_of_another_node_is_kept()
    {
        await Say(Keeping(_store, Answers("old answer", "r0")), "Old question.");
        Clock.Advance(Week * 2);
        var first = Keeping(_store, Answers("first answer", "r1"));
        var second = Keeping(
            new HookedStore(_store, async name =>
            {
                if (name == nameof(ConversationStore.AppendAsync) && (await _store.FindAsync(Id))?.Head is null)
                {
                    await Say(first, "First question.");
                }
            }),
            Answers("second answer", "r2"));
        var e = await Assert.ThrowsAsync<ConversationConflictException>(() => Say(second, "Second question."));
        Assert.Equal(["r1"], (await first.Conversations.GetTurnsAsync(Ticket)).Select(static t => t.ResponseId));
        Assert.Equal(["r2"], (await first.Conversations.GetTurnsAsync(e.ForkId)).Select(static t => t.ResponseId));
    }

    /// <summary>Whatever a caller does with a conversation: the result where it exists, and where it does not.</summary>
    public static TheoryData<string, Func<ConversationChatClient, Task<string>>, string, string> Operations => new()
    {
        { "get", static async c => $"{(await c.Conversations.GetAsync(Ticket))?.TreeCount}", "2", "" },
        { "list", static async c => $"{(await c.Conversations.ListAsync().ToListAsync()).Count}", "1", "0" },
        { "page", static async c => $"{(await c.Conversations.ListPageAsync(10)).Conversations.Count}", "1", "0" },
        { "turns", static async c => $"{(await c.Conversations.GetTurnsAsync(Ticket)).Count}", "2", "0" },
        { "tree", static async c => $"{(await c.Conversations.GetTreeAsync(Ticket)).Count}", "2", "0" },
        { "messages", static async c => $"{(await c.Conversations.GetMessagesAsync(Ticket)).Count}", "4", "0" },
        { "export", static async c => await Done(c.Conversations.ExportAsync(Ticket, new MemoryStream())), "done", "There is no conversation 'ticket-4711'." },
        { "fork", static async c => await Done(c.Conversations.ForkAsync(Ticket, "fork")), "done", "There is no conversation 'ticket-4711'." },
        { "fork at a turn", static async c => await Done(c.Conversations.ForkAsync(Ticket, "fork", await FirstTurn(c))), "done", "There is no conversation 'ticket-4711'." },
        { "rewind", static async c => await Done(c.Conversations.RewindAsync(Ticket)), "done", "There is no conversation 'ticket-4711'." },
        { "go to", static async c => await Done(c.Conversations.GoToAsync(Ticket, await FirstTurn(c))), "done", "There is no conversation 'ticket-4711'." },
        { "go to the beginning", static async c => await Done(c.Conversations.GoToAsync(Ticket, null)), "done", "There is no conversation 'ticket-4711'." },
        { "regenerate", static async c => await Done(c.RegenerateAsync(Ticket)), "done", "There is no conversation 'ticket-4711'." },
        { "regenerate, streamed", static async c => await Done(c.RegenerateStreamingAsync(Ticket).ToChatResponseAsync()), "done", "There is no conversation 'ticket-4711'." },
        { "explicit parent", static async c => await Done(Say(c, "Again?", new ChatOptions().WithParentTurn(await FirstTurn(c)))), "done", "There is no turn 'TURN'." },
        { "explicit parent, elsewhere", static async c => await Done(Say(c, "Again?", new ChatOptions().WithParentTurn(await FirstTurn(c)), "elsewhere")), "done", "There is no turn 'TURN'." },
        { "bind", static async c => $"{await c.Conversations.BindAsync()}", "0", "0" },
        { "budget", static async c => await Done(Say(c, "And now?")), "The conversation 'ticket-4711' has cost $3 and may cost $2: nothing was sent.", "done" },
    };

    [Theory]
    [MemberData(nameof(Operations), DisableDiscoveryEnumeration = true)]
    public async Task Expired_conversation_does_not_exist_for_any_operation(string operation, Func<ConversationChatClient, Task<string>> act, string live, string expired)
    {
        foreach (var isExpired in (bool[])[false, true])
        {
            var store = new InMemoryConversationStore(Clock);
            void Configure(ConversationOptions o) => (o.KeepFor, o.Protector, o.HistoryKey) = (Week, new XorProtector(), Some.HistoryKey);
            var before = Over(new ScriptedClient(Priced("answer 1", "r1", 1), Priced("answer 2", "r2", 2)), Configure, store);
            await Say(before, "One.");
            await Say(before, "Two.");
            var turn = (await store.GetTreeAsync(Id))[0].Id;
            Clock.Advance(Week + TimeSpan.FromTicks(isExpired ? 1 : 0));
            var model = new ScriptedClient(Answers("answer 3", "r3"));
            var client = Over(model.With(new FirstTurnOf(turn)), o =>
            {
                Configure(o);
                o.Budget = operation == "budget" ? 2 : null;
            }, store);

            Assert.Equal(isExpired ? expired.Replace("TURN", turn, StringComparison.Ordinal) : live, await act(client));
            // Nothing is sent for a conversation that does not exist, unless the call begins a new one.
            Assert.Equal(isExpired && operation != "budget" ? 0 : model.Sent.Count, model.Sent.Count);
            Assert.True(!isExpired || operation != "budget" || model.Sent.Single().Options!.ConversationId is null);
            // Reading deletes nothing; nothing else survives of it.
            var left = await store.FindAsync(Id);
            Assert.True(left is not null || operation.StartsWith("explicit", StringComparison.Ordinal), operation);
            Assert.Null(isExpired ? await store.FindAsync(new("", "fork")) : null);
        }
    }

    [Fact]
    public async Task Expired_turns_are_not_encrypted_again_by_BindAsync()
    {
        var protector = new XorProtector();
        foreach (var (isExpired, bound) in ((bool, int)[])[(true, 0), (false, 1)])
        {
            var store = new InMemoryConversationStore(Clock);
            var client = Over(new ScriptedClient(Answers("answer")), o => (o.KeepFor, o.Protector) = (Week, protector), store);
            await Say(client, "One.");
            var turn = (await store.GetTreeAsync(Id))[0];
            var content = protector.Protect(protector.Unprotect(turn.Content.ToArray(), Encoding.UTF8.GetBytes($"0:{turn.Id}")), []);
            Assert.True(await store.ReplaceAsync("", turn with { Content = content, IsBound = false }, turn.Content));
            Clock.Advance(isExpired ? Week * 2 : Week);
            Assert.Equal(bound, await client.Conversations.BindAsync());
        }
    }

    [Fact]
    public async Task Name_of_an_expired_conversation_can_be_given_to_a_fork_and_to_an_import()
    {
        var client = Keeping(_store, Answers("old", "r0"), Answers("answer", "r1"));
        await Say(client, "Old question.", id: "second");
        Clock.Advance(Week * 2);
        await Say(client, "One.");
        using var document = new MemoryStream();
        await client.Conversations.ExportAsync(Ticket, document);
        await client.Conversations.ForkAsync(Ticket, "second");
        Assert.Equal(["r1"], (await client.Conversations.GetTreeAsync("second")).Select(static t => t.ResponseId));
        Assert.Contains("already", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ForkAsync(Ticket, "second"))).Message, StringComparison.Ordinal);

        Clock.Advance(Week * 2);
        document.Position = 0;
        await client.Conversations.ImportAsync("second", document, trustsSource: true);
        Assert.Equal(["r1"], (await client.Conversations.GetTreeAsync("second")).Select(static t => t.ResponseId));
        document.Position = 0;
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ImportAsync("second", document, trustsSource: true));
        Assert.Equal("There is a conversation 'second' already.", e.Message);
    }

    [Fact]
    public async Task Expired_name_whose_turns_a_fork_keeps_is_deleted_when_a_call_uses_it()
    {
        var client = Keeping(_store, Answers("one", "r1"), Answers("two", "r2"), Answers("three", "r3"));
        await Say(client, "One.");
        Clock.Advance(Week);
        await client.Conversations.ForkAsync(Ticket, "fork");
        Clock.Advance(TimeSpan.FromDays(1));
        // No turn is deleted with the name, because the fork needs it.
        await Say(client, "Two.");
        Assert.Equal(["r2"], (await client.Conversations.GetTreeAsync(Ticket)).Select(static t => t.ResponseId));
        await Say(client, "Three.", id: "fork");
        Assert.Equal(["r1", "r3"], (await client.Conversations.GetTurnsAsync("fork")).Select(static t => t.ResponseId));
        Assert.Equal((2, 0), ((await client.Conversations.GetAsync("fork"))!.OwnTurnCount, (await client.Conversations.GetAsync("fork"))!.Shared.TurnCount));
    }

    [Fact]
    public async Task Fork_survives_the_purge_of_its_original_until_it_expires_itself()
    {
        var client = Keeping(_store, Answers("one", "r1"), Answers("two", "r2"));
        await Say(client, "One.");
        await Say(client, "Two.");
        Clock.Advance(Week);
        await client.Conversations.ForkAsync(Ticket, "fork", (await client.Conversations.GetTurnsAsync(Ticket))[0].Id);
        Clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await client.Conversations.PurgeAsync());
        Assert.Equal(["r1"], (await client.Conversations.GetTreeAsync("fork")).Select(static t => t.ResponseId));
        Clock.Advance(Week);
        Assert.Empty(await client.Conversations.GetTreeAsync("fork"));
        Assert.Equal(1, await client.Conversations.PurgeAsync());
        Assert.Empty(await _store.GetTreeAsync(new("", "fork")));
    }

    [Fact]
    public async Task Page_token_stays_valid_when_the_conversations_of_its_page_expire()
    {
        var client = Keeping(_store, [.. Enumerable.Range(0, 6).Select(static i => Answers("answer", $"r{i}"))]);
        for (var i = 0; i < 6; i++)
        {
            await Say(client, "One.", id: $"n{i}");
            Clock.Advance(TimeSpan.FromDays(1));
        }

        // n5 is one day old, n0 six.
        var first = await client.Conversations.ListPageAsync(2);
        Assert.Equal(["n5", "n4"], first.Conversations.Select(static c => c.ConversationId));
        Clock.Advance(TimeSpan.FromDays(3));
        var second = await client.Conversations.ListPageAsync(2, first.ContinuationToken);
        Assert.Equal(["n3", "n2"], second.Conversations.Select(static c => c.ConversationId));
        Assert.Null(second.ContinuationToken);
        Clock.Advance(TimeSpan.FromDays(3));
        Assert.Empty((await client.Conversations.ListPageAsync(2, first.ContinuationToken)).Conversations);
        Assert.Single(await client.Conversations.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Expired_conversation_can_still_be_deleted_with_its_responses()
    {
        var client = Keeping(_store, Answers("one", "r1"));
        await Say(client, "One.");
        Clock.Advance(Week * 2);
        Assert.Equal(0, await client.Conversations.DeleteAsync(Ticket));
        Assert.Null(await _store.FindAsync(Id));
    }

    [Fact]
    public async Task Turn_of_another_live_conversation_is_found_while_it_is_younger_than_KeepFor()
    {
        var client = Keeping(_store, Answers("one", "r1"), Answers("two", "r2"), Answers("three", "r3"), Answers("four", "r4"));
        await Say(client, "One.");
        var turn = new ChatOptions().WithParentTurn((await client.Conversations.GetTurnsAsync(Ticket))[0].Id);
        Clock.Advance(Week);
        await Say(client, "Two.");
        await Say(client, "Three.", turn, "elsewhere");
        Assert.Equal(["r1", "r3"], (await client.Conversations.GetTurnsAsync("elsewhere")).Select(static t => t.ResponseId));
        Clock.Advance(TimeSpan.FromDays(1));
        // In its own tree, and in that of a fork, age does not matter.
        await Say(client, "Four.", turn, "elsewhere");
        Assert.Equal(["r1", "r4"], (await client.Conversations.GetTurnsAsync("elsewhere")).Select(static t => t.ResponseId));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => Say(client, "Five.", turn, "a third one"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Questions_about_a_conversation_take_two_round_trips_at_most(bool expires)
    {
        await Say(Over(new ScriptedClient(Answers("one")), store: _store), "One.");
        var turn = (await _store.GetTreeAsync(Id))[0].Id;
        var store = new HookedStore(_store);
        var client = Over(new ScriptedClient(Answers("two", "r2"), Answers("three", "r3")), o => o.KeepFor = expires ? Week : null, store);
        var manager = client.Conversations;
        var trips = new List<(string Question, int Count)>();
        foreach (var (name, ask) in ((string, Func<Task>)[])
        [
            ("state", () => manager.GetAsync(Ticket)), ("turns", () => manager.GetTurnsAsync(Ticket)), ("tree", () => manager.GetTreeAsync(Ticket)),
            ("messages", () => manager.GetMessagesAsync(Ticket)), ("export", () => manager.ExportAsync(Ticket, new MemoryStream())), ("page", () => manager.ListPageAsync()),
            ("go to", () => manager.GoToAsync(Ticket, turn)), ("turn", () => Say(client, "Two.")), ("purge", () => manager.PurgeAsync()),
        ])
        {
            store.Calls.Clear();
            await ask();
            trips.Add((name, store.Calls.Count));
        }

        Assert.All(trips, static t => Assert.True(t.Count <= 2, t.ToString()));
        store.Calls.Clear();
        await Say(client, "Three.", new ChatOptions().WithParentTurn(turn));
        Assert.Equal(["LookUpAsync", "GetTurnAsync", "AppendAsync"], store.Calls);
    }

    [Fact]
    public async Task Store_whose_times_are_inexact_loses_nothing_and_is_not_asked_without_end()
    {
        await Say(Keeping(_store, Answers("one")), "One.");
        Clock.Advance(Week * 2);
        // It never deletes what it was asked to delete, as a store that rounds its times would.
        var client = Over(new ScriptedClient(Answers("two", "r2"), Answers("three", "r3")), static o => (o.KeepFor, o.Conflict) = (Week, ConversationConflict.Fork), new NeverDeletes(_store));
        var fork = (await Say(client, "Two.")).ConversationId;
        Assert.Equal(["r2"], (await client.Conversations.GetTurnsAsync(fork!)).Select(static t => t.ResponseId));
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.ForkAsync(fork!, Ticket));
        Assert.Equal("There is a conversation 'ticket-4711' already.", e.Message);
    }

    private ConversationChatClient Keeping(ConversationStore store, params Func<ChatResponseUpdate[]>[] answers) =>
        Over(new ScriptedClient(answers), static o => o.KeepFor = Week, store);

    private static Func<ChatResponseUpdate[]> Priced(string text, string id, int usd) => () =>
    {
        var answer = ScriptedClient.Text(text, id);
        answer[0].Contents.Add(new UsageContent(new UsageDetails { AdditionalCounts = new() { [GrokKeys.Usage.CostInUsdTicks] = usd * 10_000_000_000L } }));
        return answer;
    };

    private static Task<string> FirstTurn(ConversationChatClient client) => Task.FromResult(client.GetService<FirstTurnOf>()!.Id);

    private static async Task<string> Done(Task task)
    {
        try
        {
            await task;
            return "done";
        }
        catch (Exception e) when (e is KeyNotFoundException or ConversationBudgetException)
        {
            return e.Message;
        }
    }

    private sealed record FirstTurnOf(string Id);

    private sealed class NeverDeletes(ConversationStore store) : HookedStore(store)
    {
        public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default) => new([]);
    }
}
