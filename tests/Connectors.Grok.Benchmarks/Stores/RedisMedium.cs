using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;
using StackExchange.Redis;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>A Redis Cluster of three masters with a replica each: a set is a key prefix.</summary>
internal sealed class RedisMedium : StoreMedium
{
    private const string List = "bare:turns";

    private readonly RedisCluster _cluster;
    private readonly ConnectionMultiplexer _connection;
    private int _keys;

    private RedisMedium(RedisCluster cluster, ConnectionMultiplexer connection) => (_cluster, _connection) = (cluster, connection);

    /// <summary>Starts a cluster.</summary>
    /// <returns>Null where Redis is not installed.</returns>
    public static async Task<RedisMedium?> TryStartAsync()
    {
        if (!RedisServer.IsInstalled)
        {
            return null;
        }

        var cluster = await RedisCluster.StartAsync();
        return new(cluster, await ConnectionMultiplexer.ConnectAsync(cluster.ConnectionString));
    }

    public override string Name => "Redis Cluster";

    public override ConversationStore Open(string set) => new RedisConversationStore(_cluster.ConnectionString, new() { KeyPrefix = set + ':' });

    public override Task InsertAsync(byte[] content) => _connection.GetDatabase().StringSetAsync($"bare:{_keys++}", content);

    public override async Task InsertAllAsync(IReadOnlyList<ConversationTurn> turns)
    {
        // All on one slot, as the turns of a tree are, sent without waiting for single answers.
        var database = _connection.GetDatabase();
        await database.KeyDeleteAsync(List);
        await Task.WhenAll(turns.SelectMany(t => (Task[])[database.ListRightPushAsync(List, ConversationTurnJson.Write(t)), database.ListRightPushAsync(List, t.Content)]));
    }

    public override async Task<int> ReadAllAsync() => (await _connection.GetDatabase().ListRangeAsync(List)).Sum(static v => ((ReadOnlyMemory<byte>)v).Length);

    public override Task SettleAsync(string set) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync();
        await _cluster.DisposeAsync();
    }
}
