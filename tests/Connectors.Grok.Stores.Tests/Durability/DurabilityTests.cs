using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>One fault of each kind, under load: the short form of the command <c>durability</c>. The server is one that only these tests use.</summary>
public sealed class DurabilityTests(PostgresServer own) : IClassFixture<PostgresServer>
{
    [Theory]
    [InlineData(DurabilityTable.KilledProcess)]
    [InlineData(DurabilityTable.FullDisk)]
    [InlineData(DurabilityTable.ReadOnly)]
    public Task SQLite_keeps_every_acknowledged_turn_and_gives_no_wrong_answer(string fault) => AssertKeptAsync(DurabilityTable.SqliteCells(), fault);

    [Theory]
    [InlineData(DurabilityTable.KilledProcess)]
    [InlineData(DurabilityTable.KilledServer)]
    [InlineData(DurabilityTable.Cut)]
    [InlineData(DurabilityTable.Failover)]
    [InlineData(DurabilityTable.FullDisk)]
    [InlineData(DurabilityTable.ReadOnly)]
    [InlineData(DurabilityTable.Pooler)]
    public Task PostgreSQL_keeps_every_acknowledged_turn_and_gives_no_wrong_answer(string fault) => AssertKeptAsync(DurabilityTable.PostgresCells(own), fault);

    private static async Task AssertKeptAsync(IReadOnlyList<DurabilityCell> cells, string fault)
    {
        FaultScenario scenario;
        try
        {
            scenario = await cells.Single(c => c.Fault == fault).Create!();
        }
        catch (NotSupportedException e)
        {
            Assert.Skip(e.Message);
            return;
        }

        await using (scenario)
        {
            var result = await DurabilityRun.RunAsync(scenario, TimeSpan.Zero);
            Assert.True(result.IsKept, string.Join('\n', [$"{result}", .. result.Texts]));
        }
    }
}
