using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A master is killed. When its replica has been promoted, it is started again, and becomes a replica.</summary>
internal sealed class RedisFailover(RedisCluster cluster, int minReplicas) : RedisScenario(cluster, minReplicas)
{
    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        var killed = await Cluster.KillMasterAsync();
        await Cluster.WaitUntilHealthyAsync();
        await Cluster.RestartAsync(killed);
    }
}
