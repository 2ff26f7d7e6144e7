using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;

[assembly: AssemblyFixture(typeof(RedisCluster))]

namespace Connectors.Grok.Stores.Tests.Redis;

public sealed class RedisStoreTests(RedisCluster cluster) : StoreContract
{
    protected override ValueTask<ConversationStore> Create(TimeProvider? time = null) =>
        new(new RedisConversationStore(cluster.Connection, new() { KeyPrefix = cluster.NewPrefix(), TimeProvider = time ?? TimeProvider.System }));
}

public sealed class RedisDurabilityTests(RedisCluster cluster) : DurabilityContract
{
    protected override ValueTask<(string Kind, string Medium)> Create() => new(("redis", $"{cluster.NewPrefix()}|{cluster.ConnectionString}"));

    protected override ConversationStore Open(string medium) => RedisCluster.Open(medium);
}
