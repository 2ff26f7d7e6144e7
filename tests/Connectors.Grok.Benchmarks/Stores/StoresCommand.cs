using Connectors.Grok.Benchmarks.Check;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>Measures the stores against their floors.</summary>
internal static class StoresCommand
{
    public const string Switch = "--stores";

    /// <param name="arguments">The stores to measure: <c>sqlite</c>, <c>postgresql</c>, <c>redis</c>; none for all. <c>--small</c> runs a hundredth of the sizes, to try it out.</param>
    /// <returns>0 when every budget is kept.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var words = arguments.Where(static a => !a.StartsWith('-')).ToList();
        var share = arguments.Contains("--small") ? 0.01 : 1;
        Console.WriteLine($"{Machine.Describe()}\n\n{StoreRow.Header}");
        var rows = new List<StoreRow>();
        (string Name, Func<Task<StoreMedium?>> Start)[] media =
        [
            ("sqlite", static () => Task.FromResult<StoreMedium?>(new SqliteMedium())),
            ("postgresql", static async () => await PostgresMedium.TryStartAsync()),
            ("redis", static async () => await RedisMedium.TryStartAsync()),
        ];
        foreach (var (_, start) in media.Where(m => words.Count == 0 || words.Contains(m.Name, StringComparer.OrdinalIgnoreCase)))
        {
            await using var medium = await start();
            if (medium is not null)
            {
                rows.AddRange(await new StoreBenchmarks(medium, share).RunAsync(static row => Console.WriteLine(row)));
            }
        }

        Console.WriteLine($"\n{rows.Count(static r => r is { IsKept: true, Limit: not null })} of {rows.Count(static r => r.Limit is not null)} budgets kept.");
        return rows.TrueForAll(static r => r.IsKept) ? 0 : 1;
    }
}
