using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>Every server closes the connections of its clients.</summary>
internal sealed class RedisCut(RedisCluster cluster) : RedisScenario(cluster)
{
    private const int Cuts = 6;

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        for (var cut = 0; cut < Cuts; cut++)
        {
            await SendToAllAsync("CLIENT KILL TYPE normal");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 150)), TimeProvider.System);
        }
    }
}
