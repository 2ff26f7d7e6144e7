using Connectors.Grok.Benchmarks.Check;

namespace Connectors.Grok.Benchmarks;

[Collection(nameof(IdleClientsTests))]
public class IdleClientsTests
{
    [Fact]
    public async Task Idle_clients_benchmark_holds_every_client()
    {
        var row = Assert.Single(await new IdleClients(clients: 200).MeasureAsync(isClockForgiven: true));
        // Without its settings a client could not be used again.
        Assert.InRange(row.Values[Side.Grok], 0.5, 10);
        Assert.InRange(row.Values[Side.Adapter], 0.2, 10);
    }
}

/// <summary>Alone, because the memory of the whole process is measured: what another test holds meanwhile would count.</summary>
[CollectionDefinition(nameof(IdleClientsTests), DisableParallelization = true)]
public sealed class AloneInProcess;
