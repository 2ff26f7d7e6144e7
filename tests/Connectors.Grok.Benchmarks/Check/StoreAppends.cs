using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A turn of 4 kB added to each store, against a bare insert of its bytes.</summary>
internal sealed class StoreAppends : IMeasurement
{
    public string Work => "4 kB turn appended";

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        if (isClockForgiven)
        {
            // They have budgets of time only.
            return [];
        }

        var memory = (await Sampler.CompareAsync(null, new MemoryAppend().Grok))[0].Microseconds;
        List<Row> rows = [new($"{Work} in memory", "time", "ms", new Dictionary<Side, double> { [Side.Grok] = memory / 1000 }, Budget.Of(2))];
        await using (var sqlite = new SqliteAppend())
        {
            rows.Add(await CompareAsync("SQLite", sqlite.Floor, sqlite.Grok));
        }

        await using var postgres = new PostgresAppend();
        try
        {
            await postgres.StartAsync();
            rows.Add(await CompareAsync("PostgreSQL", postgres.Floor, postgres.Grok));
        }
        catch (Xunit.Sdk.SkipException)
        {
            Console.WriteLine("No PostgreSQL here: its row is left out.");
        }

        return rows;
    }

    private async Task<Row> CompareAsync(string where, Func<Task<Tally>> floor, Func<Task<Tally>> grok)
    {
        var samples = await Sampler.CompareAsync(null, floor, grok);
        return new($"{Work} in {where}", "time", "µs", new Dictionary<Side, double> { [Side.Floor] = samples[0].Microseconds, [Side.Grok] = samples[1].Microseconds }, new(3))
        {
            Ratios = new Dictionary<Side, double> { [Side.Floor] = samples[1].Ratios[0] },
        };
    }
}
