using Connectors.Grok.Conversations;
using Connectors.Grok.Redis;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A cluster of three masters with a replica each, with append-only files that are flushed every second.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="minReplicas">The number of replicas that confirm a change before it is acknowledged.</param>
internal abstract class RedisScenario(RedisCluster cluster, int minReplicas = 1) : FaultScenario
{
    protected const int Refusals = 10;

    protected static readonly TimeSpan LongestSpell = TimeSpan.FromSeconds(3);

    private readonly string _prefix = cluster.NewPrefix();

    protected RedisCluster Cluster => cluster;

    public override ConversationStore Open() => new RedisConversationStore(cluster.ConnectionString, new() { KeyPrefix = _prefix, MinReplicas = minReplicas });

    protected async Task SendToAllAsync(string command)
    {
        foreach (var server in cluster.Servers.Where(static s => s.IsRunning))
        {
            await server.SendAsync(command);
        }
    }
}
