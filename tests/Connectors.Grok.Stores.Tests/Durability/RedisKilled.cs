using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A master is killed and started again on its files at once, before its replica is promoted.</summary>
internal sealed class RedisKilled(RedisCluster cluster) : RedisScenario(cluster)
{
    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        var killed = await Cluster.KillMasterAsync();
        await Cluster.RestartAsync(killed);
    }
}
