using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The servers answer questions and refuse changes, for a while.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="begin">The command that makes each server refuse changes.</param>
/// <param name="end">The command that ends it.</param>
internal sealed class RedisRefusing(RedisCluster cluster, string begin, string end) : RedisScenario(cluster)
{
    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        await SendToAllAsync(begin);
        await UntilRefusedAsync(ledger, Refusals, LongestSpell);
        await SendToAllAsync(end);
    }
}
