using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;
using StackExchange.Redis;

namespace Connectors.Grok.Stores.Tests.Redis;

/// <summary>Servers that are missing, alone or reject writes: the messages say what to do, and nothing is partially written.</summary>
public sealed class RedisServerTests(RedisCluster cluster)
{
    private static readonly ConversationId Ticket = new("", "ticket");

    [Fact]
    public async Task Unreachable_server_throws_transient_store_exception()
    {
        await using var store = new RedisConversationStore("127.0.0.1:1,connectTimeout=200", new() { RetryTimeout = TimeSpan.FromMilliseconds(200) });
        foreach (var call in Calls(store).Append(() => store.CheckAsync().AsTask()).Append(() => store.InitializeAsync().AsTask()))
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
            Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
            Assert.True(error.IsTransient);
        }
    }

    [Fact]
    public void Invalid_configuration_and_options_throw()
    {
        Assert.Throws<ArgumentNullException>(() => new RedisConversationStore((string)null!));
        Assert.Throws<ArgumentNullException>(() => new RedisConversationStore((IConnectionMultiplexer)null!));
        Assert.Throws<ArgumentException>(() => new RedisConversationStore(" "));
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new RedisConversationStore("node:1,nothing=hunter2")).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new RedisConversationStore("password=hunter2"));
        Assert.Throws<ArgumentException>(() => new RedisConversationStore("node:1", new() { KeyPrefix = "{a}" }));
        Assert.Throws<ArgumentNullException>(() => new RedisConversationStore("node:1", new() { KeyPrefix = null! }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisConversationStore("node:1", new() { MinReplicas = -1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisConversationStore("node:1", new() { ReplicaTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RedisConversationStore("node:1", new() { RetryTimeout = TimeSpan.FromSeconds(-1) }));
        Assert.Throws<ArgumentNullException>(() => new RedisConversationStore("node:1", new() { TimeProvider = null! }));
    }

    [Fact]
    public async Task Single_server_without_a_cluster_works_and_survives_a_kill()
    {
        RedisServer.SkipWhenMissing();
        await using var server = new RedisServer("appendfsync always");
        await server.StartAsync();
        await using var store = new RedisConversationStore(server.Address);
        await store.InitializeAsync();
        await store.CheckAsync();
        var line = await store.Line(Ticket, "t1", "t2");
        Assert.True(await store.AppendAsync(new("", "fork"), line[0].After("f2"), null));

        await server.KillAsync();
        await server.StartAsync();
        Assert.Equal(["t1", "t2"], (await store.GetPathAsync("", "t2")).Select(static t => t.Id));
        Assert.Equal(["t2"], (await store.DeleteAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(2, (await store.DeleteAsync(new("", "fork"))).Count);

        // Nothing is left but the version of the format.
        Assert.Equal("1", await server.SendAsync("DBSIZE"));
        store.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.FindAsync(Ticket));
    }

    [Fact]
    public async Task Newer_format_is_rejected()
    {
        var prefix = cluster.NewPrefix();
        await cluster.Connection.GetDatabase().StringSetAsync(prefix + "{version}", "2");
        await using var store = new RedisConversationStore(cluster.Connection, new() { KeyPrefix = prefix });
        foreach (var call in Calls(store).Append(() => store.CheckAsync().AsTask()))
        {
            var error = await Assert.ThrowsAsync<ConversationStoreException>(call);
            Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
            Assert.False(error.IsTransient);
        }
    }

    [Fact]
    public async Task Check_fails_while_a_server_rejects_writes_and_reads_go_on()
    {
        RedisServer.SkipWhenMissing();
        await using var server = new RedisServer();
        await server.StartAsync();
        await using var store = new RedisConversationStore(server.Address, new() { RetryTimeout = TimeSpan.Zero });
        await store.Line(Ticket, "t1");
        await store.CheckAsync();
        Assert.Equal("OK", await server.SendAsync("CONFIG SET min-replicas-to-write 1"));
        foreach (var call in Calls(store).Skip(1).Append(() => store.CheckAsync().AsTask()))
        {
            Assert.Contains("too few replicas", (await Assert.ThrowsAsync<ConversationStoreException>(call)).Message, StringComparison.Ordinal);
        }

        Assert.Equal("t1", (await store.FindAsync(Ticket))!.Head);
        Assert.Equal("OK", await server.SendAsync("CONFIG SET min-replicas-to-write 0"));
        Assert.Equal("OK", await server.SendAsync("CONFIG SET maxmemory 1"));
        Assert.Contains("maxmemory", (await Assert.ThrowsAsync<ConversationStoreException>(async () => await store.CheckAsync())).Message, StringComparison.Ordinal);
    }

    private static List<Func<Task>> Calls(RedisConversationStore store) =>
    [
        () => store.FindAsync(Ticket).AsTask(),
        () => store.AppendAsync(Ticket, SomeTurns.Turn("t2", "t1", 1), "t1").AsTask(),
        () => store.MoveAsync(Ticket, null, "t1").AsTask(),
        () => store.DeleteAsync(Ticket).AsTask(),
    ];
}
