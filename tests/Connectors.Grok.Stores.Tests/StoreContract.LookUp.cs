using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests;

/// <summary>What a call reads before its request.</summary>
public abstract partial class StoreContract
{
    private static readonly ConversationId Third = new("", "third");

    [Fact]
    public async Task LookUp_returns_the_name_with_its_head()
    {
        var store = await Create(new StepClock());
        foreach (var history in (ConversationHistoryQuery?[])[null, new(), History("f1")])
        {
            var none = new ConversationId("", $"none{history?.Fingerprints.Count}");
            Assert.Null(await store.LookUpAsync(none, history));
            Assert.True(await store.MoveAsync(none, null, null));
            var empty = await store.LookUpAsync(none, history);
            Assert.Equal(new ConversationLookup { Info = (await store.FindAsync(none))! }, empty);
        }

        await Fingerprinted(store, Ticket, "1", "2");
        foreach (var history in (ConversationHistoryQuery?[])[null, new()])
        {
            var found = await store.LookUpAsync(Ticket, history);
            Assert.Equal(await store.FindAsync(Ticket), found!.Info);
            AssertSame((await store.GetTurnAsync("", "t2"))!, found.Head);
            Assert.Null(found.Match);
            Assert.False(found.HoldsAnswer);
            Assert.Null(await store.LookUpAsync(Ticket with { Tenant = "another" }, history));
        }
    }

    [Fact]
    public async Task LookUp_matches_the_last_fingerprint_that_a_turn_has()
    {
        var store = await Create();
        var line = await Fingerprinted(store, Ticket, "1", "2", "3");
        var found = await store.LookUpAsync(Ticket, History("f1", "f2", "unknown"));
        AssertSame(line[1], found!.Match);
        AssertSame(line[2], found.Head);
        Assert.True(found.HoldsAnswer);
        Assert.Equal("t1", await Match(store, Ticket, "f3", "f1"));
        Assert.Equal("t3", await Match(store, Ticket, "f3", "f1", "f3", "f0"));
        Assert.Null(await Match(store, Ticket, "unknown", "F1", "a1"));
        Assert.False((await store.LookUpAsync(Ticket, History("unknown")))!.HoldsAnswer);
        Assert.Null(await Match(store, Fork, "f1"));
    }

    [Fact]
    public async Task LookUp_finds_an_answer_by_its_fingerprint_and_by_its_turn()
    {
        var store = await Create();
        await Fingerprinted(store, Ticket, "1", "2", "3");
        await Fingerprinted(store, new("another", "ticket-4711"), "4");
        Assert.True(await Holds(store, Ticket, answers: ["unknown", "a2"]));
        Assert.True(await Holds(store, Ticket, turns: ["unknown", "t1"]));
        Assert.False(await Holds(store, Ticket, answers: ["unknown", "f2", "a4"], turns: ["unknown", "a1", "t4"]));
        Assert.False(await Holds(store, Ticket));
    }

    [Fact]
    public async Task LookUp_finds_turns_of_the_kind_answer_only()
    {
        var store = await Create();
        await store.AppendAsync(Ticket, Fingerprinted("1", null), null);
        await store.AppendAsync(Ticket, Fingerprinted("2", null) with { ParentId = "t1", Depth = 1, Kind = ConversationTurnKind.Unanswered }, "t1");
        await store.AppendAsync(Ticket, Fingerprinted("3", null) with { ParentId = "t2", Depth = 2, Kind = ConversationTurnKind.Compaction }, "t1");
        Assert.Equal("t1", await Match(store, Ticket, "f1", "f2", "f3"));
        Assert.False(await Holds(store, Ticket, ["a2", "a3"], ["t2", "t3"]));
        Assert.Equal("t3", (await store.LookUpAsync(Ticket, History()))!.Head!.Id);
    }

    [Fact]
    public async Task LookUp_finds_turns_that_the_name_went_back_from()
    {
        var store = await Create();
        await Fingerprinted(store, Ticket, "1", "2", "3");
        Assert.True(await store.MoveAsync(Ticket, "t1", "t3"));
        Assert.Equal("t3", await Match(store, Ticket, "f2", "f3"));
        Assert.True(await store.MoveAsync(Ticket, null, "t1"));
        Assert.Equal("t2", await Match(store, Ticket, "f1", "f2"));
        Assert.True(await Holds(store, Ticket, answers: ["a3"]));
    }

    [Fact]
    public async Task LookUp_prefers_the_heads_path_and_then_the_newest_of_turns_with_one_fingerprint()
    {
        var store = await Create();
        var line = await Fingerprinted(store, Ticket, "1", "2", "3");
        Assert.True(await store.AppendAsync(Ticket, Fingerprinted("2b", line[0]) with { Fingerprint = "f2", CreatedAt = SomeTurns.Noon.AddHours(1) }, "t3"));
        Assert.Equal("t2b", await Match(store, Ticket, "f1", "f2"));
        Assert.True(await store.MoveAsync(Ticket, "t3", "t2b"));
        Assert.Equal("t2", await Match(store, Ticket, "f1", "f2"));
        Assert.True(await store.MoveAsync(Ticket, "t1", "t3"));
        Assert.Equal("t2b", await Match(store, Ticket, "f1", "f2"));
        Assert.Equal("t3", await Match(store, Ticket, "f2", "f3"));
    }

    [Fact]
    public async Task LookUp_finds_what_a_fork_shares_and_nothing_else_of_the_other_name()
    {
        var store = await Create();
        var line = await Fingerprinted(store, Ticket, "1", "2", "3", "4");
        Assert.True(await store.AppendAsync(Ticket, Fingerprinted("2b", line[0]) with { Fingerprint = "f2" }, "t4"));
        Assert.True(await store.MoveAsync(Fork, "t2", null));
        Assert.True(await store.AppendAsync(Fork, Fingerprinted("x3", line[1]), "t2"));
        await SharesTheBeginning();

        // What the fork went back from is still its own.
        Assert.True(await store.MoveAsync(Fork, "t1", "tx3"));
        await SharesTheBeginning();
        Assert.True(await store.MoveAsync(Fork, null, "t1"));
        await SharesTheBeginning();
        Assert.Null(await Match(store, Ticket, "fx3"));
        Assert.False(await Holds(store, Ticket, ["ax3"], ["tx3"]));

        // A fork of the fork, and what is inherited.
        Assert.True(await store.AppendAsync(Third, Fingerprinted("y4", Fingerprinted("x3", line[1])), null));
        Assert.Equal("tx3", await Match(store, Third, "f2", "fx3", "f3"));
        Assert.Equal("t2", await Match(store, Third, "f2"));
        await store.DeleteAsync(Ticket);
        await SharesTheBeginning();
        Assert.Equal("t2", await Match(store, Third, "f2"));
        Assert.True(await Holds(store, Third, ["a1"]));
        await store.DeleteAsync(Fork);
        Assert.Equal("tx3", await Match(store, Third, "f1", "f2", "fx3"));
        Assert.Equal("t1", await Match(store, Third, "f1", "f3"));
        Assert.Null(await Match(store, Fork, "f1"));

        async Task SharesTheBeginning()
        {
            Assert.Equal("tx3", await Match(store, Fork, "f1", "f2", "fx3"));
            Assert.Equal("t2", await Match(store, Fork, "f1", "f2", "f3", "f4"));
            Assert.Equal("t1", await Match(store, Fork, "f4", "f1", "f3"));
            Assert.Null(await Match(store, Fork, "f3", "f4"));
            Assert.True(await Holds(store, Fork, answers: ["a3", "a2"]));
            Assert.True(await Holds(store, Fork, turns: ["t4", "t1"]));
            Assert.False(await Holds(store, Fork, ["a3", "a4", "a2b"], ["t3", "t4", "t2b"]));
        }
    }

    [Fact]
    public async Task LookUp_follows_a_head_that_belongs_to_another_name()
    {
        var store = await Create();
        await Fingerprinted(store, Ticket, "1", "2", "3");
        await store.AppendAsync(Fork, Fingerprinted("o", null), null);
        Assert.True(await store.MoveAsync(Fork, "t2", "to"));
        Assert.Equal("t2", await Match(store, Fork, "f1", "f2", "f3"));
        Assert.Equal("to", await Match(store, Fork, "f3", "fo"));
        Assert.True(await store.AppendAsync(Fork, Fingerprinted("p", null) with { ParentId = "t2", Depth = 2 }, "t2"));
        Assert.True(await store.MoveAsync(Fork, "to", "tp"));
        Assert.Equal("tp", await Match(store, Fork, "fo", "fp", "f3"));
    }

    [Fact]
    public async Task LookUp_takes_ten_thousand_entries_of_each_list()
    {
        var store = await Create();
        var line = await Fingerprinted(store, Ticket, "1", "2", "3");
        Assert.True(await store.AppendAsync(Fork, Fingerprinted("x3", line[1]), null));
        var many = Enumerable.Range(0, 10_000).Select(static i => $"{i:X64}").ToList();
        var history = new ConversationHistoryQuery { Fingerprints = [.. many, "f1", .. many], AnswerFingerprints = [.. many, "a2"], TurnIds = [.. many, "t1"] };
        Assert.Equal("t1", (await store.LookUpAsync(Ticket, history))!.Match!.Id);
        Assert.Equal("t1", (await store.LookUpAsync(Fork, history))!.Match!.Id);
        Assert.True(await Holds(store, Fork, [.. many, "a2"]));
        Assert.False(await Holds(store, Fork, many, many));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task LookUp_agrees_with_the_tree_after_random_changes(int seed)
    {
        var random = new Random(seed);
        var store = await Create();
        ConversationId[] names = [new("", "a"), new("", "b"), new("", "c")];
        var turns = new List<ConversationTurn>();
        for (var i = 0; i < 45; i++)
        {
            var id = names[random.Next(names.Length)];
            var head = (await store.FindAsync(id))?.Head;

            // A name that has no turns forks from any; one that has some moves within its tree.
            var tree = await store.GetTreeAsync(id);
            var near = tree.Count == 0 ? turns : tree;
            var other = near.Count > 0 && random.Next(3) > 0 ? near[random.Next(near.Count)] : null;
            switch (random.Next(10))
            {
                case < 6:
                    var parent = random.Next(2) == 0 ? turns.Find(t => t.Id == head) : other;
                    var turn = Fingerprinted($"{i}", parent) with { Fingerprint = $"f{random.Next(6)}", AnswerFingerprint = $"a{random.Next(8)}", CreatedAt = SomeTurns.Noon.AddSeconds(i) };
                    Assert.Equal(parent is null || await store.GetTurnAsync("", parent.Id) is not null, await store.AppendAsync(id, turn, head));
                    turns.Add(turn);
                    break;
                case < 9:
                    await store.MoveAsync(id, other?.Id, head);
                    break;
                default:
                    await store.DeleteAsync(id);
                    break;
            }

            foreach (var name in names)
            {
                await AgreesWithTheTree(store, name, random);
            }
        }
    }

    private static async Task AgreesWithTheTree(ConversationStore store, ConversationId id, Random random)
    {
        string[] fingerprints = [.. Enumerable.Range(0, 3).Select(_ => $"f{random.Next(7)}")], answers = [$"a{random.Next(9)}"], ids = [$"t{random.Next(50)}"];
        var found = await store.LookUpAsync(id, new() { Fingerprints = fingerprints, AnswerFingerprints = answers, TurnIds = ids });
        var tree = await store.GetTreeAsync(id);
        var head = (await store.FindAsync(id))?.Head;
        var path = head is null ? [] : (await store.GetPathAsync("", head)).Select(static t => t.Id).ToHashSet();
        var match = fingerprints.Reverse().Select(f => tree.Where(t => t.Fingerprint == f).OrderByDescending(t => path.Contains(t.Id)).ThenByDescending(static t => t.CreatedAt).FirstOrDefault())
            .FirstOrDefault(static t => t is not null);
        Assert.Equal(match?.Id, found?.Match?.Id);
        Assert.Equal(match is not null || tree.Any(t => answers.Contains(t.AnswerFingerprint) || ids.Contains(t.Id)), found?.HoldsAnswer ?? false);
    }

    // Not a theory: a test's arguments go through UTF-8, which has no half surrogate pairs.
    [Fact]
    public async Task LookUp_and_replace_reject_what_databases_cannot_store()
    {
        var store = await Create();
        foreach (var bad in (string[])["a\0b", "half \uD83E"])
        {
            await Throws(async () => await store.LookUpAsync(new("", bad), null));
            await Throws(async () => await store.LookUpAsync(new(bad, ""), null));
            await Throws(async () => await store.LookUpAsync(Ticket, new() { Fingerprints = [bad] }));
            await Throws(async () => await store.LookUpAsync(Ticket, new() { AnswerFingerprints = [bad] }));
            await Throws(async () => await store.LookUpAsync(Ticket, new() { TurnIds = [bad] }));
            await Throws(async () => await store.ReplaceAsync(bad, SomeTurns.Turn("t1"), default));
            await Throws(async () => await store.ReplaceAsync("", SomeTurns.Turn(bad), default));
            await Throws(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1") with { Fingerprint = bad }, null));
            await Throws(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1") with { AnswerFingerprint = bad }, null));
            await Throws(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1") with { SystemMessagesHash = bad }, null));
        }

        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.LookUpAsync(default, null));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.LookUpAsync(Ticket, new() { Fingerprints = [null!] }));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ReplaceAsync(null!, SomeTurns.Turn("t1"), default));
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await store.ReplaceAsync("", null!, default));
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.LookUpAsync(Ticket, null, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.LookUpAsync(Ticket, History("f1"), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.ReplaceAsync("", SomeTurns.Turn("t1"), default, cancelled));

        static Task Throws(Func<Task> call) => Assert.ThrowsAsync<ArgumentException>(call);
    }

    private static ConversationHistoryQuery History(params string[] fingerprints) => new() { Fingerprints = fingerprints };

    private static async Task<string?> Match(ConversationStore store, ConversationId id, params string[] fingerprints)
    {
        var found = await store.LookUpAsync(id, History(fingerprints));
        Assert.Equal(found?.Match is not null, found?.HoldsAnswer ?? false);
        return found?.Match?.Id;
    }

    private static async Task<bool> Holds(ConversationStore store, ConversationId id, IReadOnlyList<string>? answers = null, IReadOnlyList<string>? turns = null)
    {
        var found = await store.LookUpAsync(id, new() { AnswerFingerprints = answers ?? [], TurnIds = turns ?? [] });
        Assert.Null(found!.Match);
        return found.HoldsAnswer;
    }

    /// <summary>The turn <c>t…</c> with the fingerprints <c>f…</c> and <c>a…</c>.</summary>
    private static ConversationTurn Fingerprinted(string name, ConversationTurn? parent) =>
        (parent?.After($"t{name}") ?? SomeTurns.Turn($"t{name}")) with { Fingerprint = $"f{name}", AnswerFingerprint = $"a{name}" };

    private static async Task<List<ConversationTurn>> Fingerprinted(ConversationStore store, ConversationId id, params string[] names)
    {
        var line = new List<ConversationTurn>();
        foreach (var name in names)
        {
            line.Add(Fingerprinted(name, line.LastOrDefault()));
            Assert.True(await store.AppendAsync(id, line[^1], line[^1].ParentId));
        }

        return line;
    }
}
