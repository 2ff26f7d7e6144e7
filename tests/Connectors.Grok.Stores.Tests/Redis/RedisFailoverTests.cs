using System.Collections.Concurrent;
using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Redis;

/// <summary>The store while its cluster, which only these tests use, loses a master under load, moves slots, forgets scripts or lacks replicas.</summary>
public sealed class RedisFailoverTests(RedisCluster own) : IClassFixture<RedisCluster>
{
    private const int Writers = 6;
    private static readonly ConversationId Ticket = new("", "ticket");

    [Fact]
    public async Task Calls_go_on_after_a_failover_and_no_confirmed_turn_is_lost()
    {
        var prefix = own.NewPrefix();
        await using var store = new RedisConversationStore(own.ConnectionString, new() { KeyPrefix = prefix, MinReplicas = 1, RetryTimeout = TimeSpan.FromSeconds(60) });
        await store.InitializeAsync();
        var acknowledged = new ConcurrentBag<string>();
        var enough = false;
        var writers = Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteAsync(store, $"w{w}-", acknowledged, () => Volatile.Read(ref enough)))).ToList();
        await WriteMoreAsync();
        var killed = await own.KillMasterOfAsync(prefix + "*:t");
        await own.WaitUntilHealthyAsync();
        Assert.False(killed.IsRunning);
        await WriteMoreAsync();
        await own.RestartAsync(killed);
        Assert.Contains("role:slave", await killed.SendAsync("INFO replication"), StringComparison.Ordinal);
        await WriteMoreAsync();

        Volatile.Write(ref enough, true);
        await Task.WhenAll(writers);

        // Another node, which remembers nothing.
        await using var other = new RedisConversationStore(own.ConnectionString, new() { KeyPrefix = prefix });
        foreach (var writer in Enumerable.Range(0, Writers))
        {
            ConversationId id = new("", $"w{writer}-");
            var path = (await other.GetTreeAsync(id)).Select(static t => t.Id).ToList();
            Assert.Equal(path.Distinct().Count(), path.Count);
            Assert.Empty(acknowledged.Where(a => a.StartsWith(id.Name, StringComparison.Ordinal)).Except(path));
            Assert.Equal(path, (await other.GetPathAsync("", (await other.FindAsync(id))!.Head!)).Select(static t => t.Id));
        }

        Assert.Equal(Writers, (await other.ListAsync(new() { Tenant = "" })).Count);

        async Task WriteMoreAsync()
        {
            var goal = acknowledged.Count + 60;
            while (acknowledged.Count < goal && !writers.Exists(static w => w.IsFaulted))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }
        }
    }

    [Fact]
    public async Task Scripts_that_servers_forgot_are_sent_again()
    {
        await using var store = new RedisConversationStore(own.Connection, new() { KeyPrefix = own.NewPrefix() });
        await store.Line(Ticket, "t1");
        await Task.WhenAll(own.Servers.Select(static s => s.SendAsync("SCRIPT FLUSH")));
        Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1"));
        Assert.Equal(2, (await store.DeleteAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Calls_go_on_while_a_slot_moves_to_another_server()
    {
        var prefix = own.NewPrefix();
        await using var store = new RedisConversationStore(own.ConnectionString, new() { KeyPrefix = prefix });
        await store.Line(Ticket, "t0");
        var enough = false;
        var appending = Task.Run(async () =>
        {
            var count = 1;
            for (; !Volatile.Read(ref enough); count++)
            {
                Assert.True(await store.AppendAsync(Ticket, SomeTurns.Turn($"t{count}", $"t{count - 1}", count), $"t{count - 1}"));
            }

            return count;
        });

        // Keys of the tree are on different servers for a while: scripts cannot run then.
        await own.MoveSlotAsync(prefix + "*:t", TimeSpan.FromMilliseconds(300));
        await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        Volatile.Write(ref enough, true);
        Assert.Equal(await appending, (await store.GetTreeAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Change_is_confirmed_by_replicas_or_its_outcome_is_unknown()
    {
        var prefix = own.NewPrefix();
        await using (var store = new RedisConversationStore(own.ConnectionString, new() { KeyPrefix = prefix, MinReplicas = 1, ReplicaTimeout = TimeSpan.FromSeconds(30) }))
        {
            var line = await store.Line(Ticket, "t1", "t2");
            Assert.True(await store.MoveAsync(Ticket, "t1", "t2"));
            Assert.True(await store.AppendAsync(new("", "fork"), line[1].After("f3"), null));
            Assert.True(await store.ReplaceAsync("", line[0] with { Content = new byte[] { 1 } }, line[0].Content));
            Assert.True(await store.ImportAsync(new("", "imported"), [SomeTurns.Turn("i1")], "i1"));
            Assert.Single(await store.DeleteAsync(new("", "fork")));
        }

        await using var strict = new RedisConversationStore(own.Connection, new() { KeyPrefix = prefix, MinReplicas = 2, ReplicaTimeout = TimeSpan.FromMilliseconds(100) });
        Func<Task>[] changes =
        [
            () => strict.AppendAsync(Ticket, SomeTurns.Turn("t3", "t1", 1), "t1").AsTask(),
            () => strict.MoveAsync(Ticket, "t2", "t3").AsTask(),
            () => strict.DeleteAsync(new("", "imported")).AsTask(),
        ];
        foreach (var change in changes)
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(change);
            Assert.Contains("outcome of the change is unknown", error.Message, StringComparison.Ordinal);
            Assert.Contains("1 of 2 replicas", error.Message, StringComparison.Ordinal);
            Assert.True(error.IsTransient);
        }

        // Reads wait for nobody. The changes were made.
        Assert.Equal("t2", (await strict.FindAsync(Ticket))!.Head);
        Assert.Null(await strict.FindAsync(new("", "imported")));
        Assert.False(await strict.MoveAsync(Ticket, "t1", "t3"));
    }

    /// <summary>Appends turns until told to stop; after a failure it reads the stored state, as the exception message says.</summary>
    private static async Task WriteAsync(RedisConversationStore store, string name, ConcurrentBag<string> acknowledged, Func<bool> isEnough)
    {
        for (var i = 0; !isEnough(); i++)
        {
            while (true)
            {
                try
                {
                    var head = (await store.FindAsync(new("", name)))?.Head;
                    if (head == $"{name}{i}")
                    {
                        // Whether a replica had it before a failover is not known, so it counts for nothing.
                        break;
                    }

                    if (await store.AppendAsync(new("", name), SomeTurns.Turn($"{name}{i}", head, i), head))
                    {
                        acknowledged.Add($"{name}{i}");
                        break;
                    }
                }
                catch (ConversationStoreException e)
                {
                    Assert.True(e.IsTransient, e.ToString());
                }
            }
        }
    }
}
