namespace Connectors.Grok.Benchmarks.Check;

/// <summary>The fast measurement: runs all sides alternately and compares medians with the budgets.</summary>
internal static class CheckRun
{
    private const string Usage = "Usage: --check [--allocations-only] [--only WORD] [--plot FILE] [--history FILE]";

    // The streams run first: the memory that they hold can be measured only while the pools are empty.
    private static readonly IReadOnlyList<IMeasurement> All = [new OpenStreams(), new IdleClients(), .. Comparison.All, new StatefulTurns(), new StoreAppends(), new ColdStart()];

    /// <summary>
    /// Measures, prints the table, and returns 0 if every budget is kept; with <c>--allocations-only</c> every budget that does not depend on time, without the
    /// measurements that have no other.
    /// </summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (isClockForgiven, only, plot, history) = (args.Contains("--allocations-only"), Value(args, "--only"), Value(args, "--plot"), Value(args, "--history"));
        if (args.Length != (isClockForgiven ? 1 : 0) + new[] { only, plot, history }.Count(static v => v is not null) * 2)
        {
            await Console.Error.WriteLineAsync(Usage);
            return 2;
        }

        List<Row> rows = [];
        foreach (var measurement in All.Where(m => only is null || m.Work.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            rows.AddRange(await measurement.MeasureAsync(isClockForgiven));
        }

        Console.WriteLine(string.Join('\n', [Machine.Describe(), "", Row.Header, .. rows.Select(static r => r.ToString())]));
        if (plot is not null)
        {
            await File.WriteAllTextAsync(plot, Plot.Draw(rows));
        }

        if (history is not null)
        {
            await RatioHistory.AppendAsync(history, rows);
        }

        var checkedRows = rows.Where(r => r.Budget is not null && (r.IsAllocation || !isClockForgiven)).ToList();
        var missed = checkedRows.Where(static r => !r.IsKept).ToList();
        Console.WriteLine($"\n{checkedRows.Count - missed.Count} of {checkedRows.Count} budgets kept{(missed.Count > 0 ? $"; fails for: {string.Join("; ", missed.Select(static r => $"{r.Work} ({r.Measure})"))}" : "")}.");
        return missed.Count == 0 ? 0 : 1;
    }

    private static string? Value(string[] args, string name) =>
        Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : null;
}
