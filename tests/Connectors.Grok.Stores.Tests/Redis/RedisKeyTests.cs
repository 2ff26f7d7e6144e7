using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;
using StackExchange.Redis;

namespace Connectors.Grok.Stores.Tests.Redis;

/// <summary>What the keys hold: one slot per tree, expiry of a whole tree, nothing left behind, and indexes that repair themselves.</summary>
public sealed class RedisKeyTests(RedisCluster cluster)
{
    private static readonly ConversationId Ticket = new("", "ticket");
    private static readonly ConversationId Fork = new("", "fork");

    private readonly string _prefix = cluster.NewPrefix();

    [Fact]
    public async Task Tree_and_its_forks_occupy_one_slot_and_conversations_different_ones()
    {
        await using var store = Open();
        for (var i = 0; i < 20; i++)
        {
            await store.Line(new("", $"n{i}"), $"n{i}-1", $"n{i}-2");
            Assert.True(await store.MoveAsync(new("", $"f{i}"), $"n{i}-1", null));
        }

        var trees = Keys(":t");
        Assert.Equal(20, trees.Count);
        Assert.True(trees.Select(k => cluster.Connection.HashSlot(k)).Distinct().Count() > 10);
        Assert.All(trees, k => Assert.Equal(cluster.Connection.HashSlot(k), cluster.Connection.HashSlot(k.ToString()[..^1] + "i")));
    }

    [Fact]
    public async Task Tree_expires_with_the_last_of_its_names()
    {
        var clock = TimeProvider.System.GetUtcNow();
        await using var store = Open();
        var line = new List<ConversationTurn> { SomeTurns.Turn("t1") };
        Assert.True(await store.AppendAsync(Ticket, line[0], null, clock.AddDays(10)));
        await ExpiresAsync(clock.AddDays(11));
        Assert.True(await store.AppendAsync(Ticket, line[0].After("t2"), "t1", clock.AddDays(20)));
        await ExpiresAsync(clock.AddDays(21));

        // An earlier end of a fork shortens nothing, and its place ends with it.
        Assert.True(await store.AppendAsync(Fork, line[0].After("f2"), null, clock.AddDays(5)));
        await ExpiresAsync(clock.AddDays(21));
        Assert.Contains(Keys(":h"), k => cluster.Connection.GetDatabase().KeyExpireTime(k)!.Value < clock.AddDays(7).UtcDateTime);
        Assert.True(await store.MoveAsync(Fork, "t2", "f2"));
        await ExpiresAsync(null);
        Assert.True(await store.MoveAsync(Fork, "t1", "t2", clock.AddDays(30)));
        await ExpiresAsync(clock.AddDays(31));
        await store.DeleteAsync(Fork);
        await ExpiresAsync(clock.AddDays(21));

        // The moment decides nothing while Redis has not removed the tree: callers compare.
        Assert.True(await store.MoveAsync(Ticket, "t1", "t2", clock.AddHours(-1)));
        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
    }

    [Fact]
    public async Task Tree_that_Redis_removed_is_gone_from_all_calls_and_lists()
    {
        await using var store = Open();
        await store.Line(Ticket, "t1");
        Assert.True(await store.AppendAsync(Fork, SomeTurns.Turn("t2", "t1", 1), null));
        foreach (var key in Keys(":t").Concat(Keys(":i")))
        {
            await cluster.Connection.GetDatabase().KeyDeleteAsync(key);
        }

        Assert.Null(await store.FindAsync(Ticket));
        Assert.Null(await store.LookUpAsync(Fork, new() { Fingerprints = ["f"] }));
        Assert.Null(await store.GetTurnAsync("", "t1"));
        Assert.Empty(await store.GetPathAsync("", "t2"));
        Assert.Empty(await store.ListAsync(new() { Tenant = "" }));
        Assert.Empty(await store.DeleteAsync(Fork));

        // Places and claims that lead nowhere are taken over, by another node as well.
        await using var other = Open();
        Assert.True(await other.AppendAsync(Fork, SomeTurns.Turn("t1"), null));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), null));
        Assert.Equal(["t1", "t2"], (await store.GetTreeAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(2, (await other.ListAsync(new() { Tenant = "" })).Count);
    }

    [Fact]
    public async Task Nothing_is_left_of_deleted_conversations()
    {
        await using var store = Open();
        ConversationTurn[] turns = [.. Enumerable.Range(0, 1_200).Select(static i => SomeTurns.Turn($"i{i}", i == 0 ? null : $"i{i - 1}", i))];
        Assert.True(await store.ImportAsync(Ticket, turns, "i1199"));
        for (var i = 0; i < 20; i++)
        {
            Assert.True(await store.AppendAsync(new("", $"fork{i}"), turns[i * 40].After($"f{i}"), null));
        }

        Assert.True(await store.AppendAsync(new("", "other"), SomeTurns.Turn("o1"), null));
        Assert.True(await store.MoveAsync(new("", "other"), "i600", "o1"));
        Assert.Equal(["o1"], (await store.GetTreeAsync(new("", "other"))).Where(static t => t.Id[0] == 'o').Select(static t => t.Id));

        // What was forked at i760 is kept; deletion takes several scripts.
        Assert.Equal(1_199 - 760, (await store.DeleteAsync(Ticket)).Count);
        Assert.Equal(762, (await store.GetPathAsync("", "f19")).Count);
        Assert.Equal(21, await store.PurgeAsync(DateTimeOffset.MaxValue));
        Assert.Equal([_prefix + "{version}"], Keys("").Select(static k => k.ToString()));
    }

    [Fact]
    public async Task Lists_are_repaired_while_they_are_read()
    {
        await using var store = Open(new StepClock());
        await store.Line(Ticket, "t1");
        await store.Line(Fork, "f1");
        var database = cluster.Connection.GetDatabase();
        var list = Assert.Single(Keys(":l"));
        var members = await database.SortedSetRangeByValueAsync(list);

        // An entry at a place that is gone, and one whose change was not entered: the names are listed as they are.
        await database.SortedSetAddAsync(list, "0000000000000000001" + ((string)members[0]!)[19..^22] + "gone-gone-gone-gone-go", 0);
        await database.SortedSetRemoveAsync(list, members[0]);
        await database.SortedSetAddAsync(list, "0000000000000000002" + ((string)members[0]!)[19..], 0);
        Assert.Equal(["fork", "ticket"], (await store.ListAsync(new() { Tenant = "" })).Select(static i => i.Id.Name));
        Assert.Equal(["fork", "ticket"], (await store.ListAsync(new() { Tenant = "" })).Select(static i => i.Id.Name));
        Assert.Equal(members, await database.SortedSetRangeByValueAsync(list));
    }

    [Fact]
    public async Task Claim_that_a_broken_call_left_is_taken_over()
    {
        await using var store = Open();
        await store.Line(Ticket, "t1");
        var database = cluster.Connection.GetDatabase();
        var claim = Assert.Single(Keys(":k"));
        var value = await database.StringGetAsync(claim);
        await store.DeleteAsync(Ticket);
        Assert.Empty(Keys(":k"));
        await database.StringSetAsync(claim, value);
        Assert.Null(await store.GetTurnAsync("", "t1"));
        await store.Line(Fork, "t1", "t2");
        Assert.Equal("t2", (await store.FindAsync(Fork))!.Head);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await store.AppendAsync(Ticket, SomeTurns.Turn("t1"), null));
    }

    [Fact]
    public async Task Turn_whose_claim_was_lost_is_found_through_its_name()
    {
        await using (var store = Open())
        {
            await store.Line(Ticket, "t1", "t2");
        }

        // As after a failover of the shard that had the claims.
        Assert.All(Keys(":k"), k => Assert.True(cluster.Connection.GetDatabase().KeyDelete(k)));
        await using var other = Open();
        Assert.Equal("t2", (await other.FindAsync(Ticket))!.Head);
        Assert.Equal(["t1", "t2"], (await other.GetPathAsync("", "t2")).Select(static t => t.Id));
        Assert.True(await other.AppendAsync(Ticket, SomeTurns.Turn("t3", "t2", 2), "t2"));
        await using var third = Open();
        Assert.True(await third.AppendAsync(Ticket, SomeTurns.Turn("t2b", "t1", 1), "t3"));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await third.AppendAsync(Ticket, SomeTurns.Turn("t1"), "t2b"));
        Assert.Equal(4, (await third.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Fork_that_a_broken_call_left_is_not_listed_and_purged()
    {
        var clock = new StepClock();
        await using var store = Open(clock);
        await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.AppendAsync(Fork, SomeTurns.Turn("f2", "t1", 1), null));
        Assert.True(await store.AppendAsync(Fork, SomeTurns.Turn("f3", "f2", 2), "f2"));
        var places = Keys(":h");

        // The record is in the tree, and nothing leads to it.
        var place = places.Single(k => ((string)cluster.Connection.GetDatabase().StringGet(k)!).Split(' ')[0] is var tree && !k.ToString().Contains(tree, StringComparison.Ordinal));
        Assert.True(await cluster.Connection.GetDatabase().KeyDeleteAsync(place));
        Assert.Null(await store.FindAsync(Fork));
        Assert.Equal(["ticket"], (await store.ListAsync(new() { Tenant = "" })).Select(static i => i.Id.Name));
        Assert.Equal(1, await store.PurgeAsync(clock.GetUtcNow()));
        Assert.Equal([_prefix + "{version}"], Keys("").Select(static k => k.ToString()));
    }

    private RedisConversationStore Open(TimeProvider? time = null) => new(cluster.Connection, new() { KeyPrefix = _prefix, TimeProvider = time ?? TimeProvider.System });

    private List<RedisKey> Keys(string end) =>
        [.. cluster.Connection.GetServers().Where(static s => !s.IsReplica).SelectMany(s => s.Keys(pattern: _prefix + "*" + end)).Where(static k => !k.ToString().EndsWith(":w", StringComparison.Ordinal))];

    private async Task ExpiresAsync(DateTimeOffset? expected)
    {
        foreach (var end in (string[])[":t", ":i"])
        {
            var time = await cluster.Connection.GetDatabase().KeyExpireTimeAsync(Assert.Single(Keys(end)));
            Assert.Equal(expected?.ToUnixTimeMilliseconds(), time is { } t ? new DateTimeOffset(t).ToUnixTimeMilliseconds() : null);
        }
    }
}
