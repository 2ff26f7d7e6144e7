using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>The fast measurement: runs floor and library alternately and compares medians with the budgets.</summary>
internal static class CheckRun
{
    private const int StreamRounds = 5;
    private const int Launches = 5;

    /// <summary>Measures, prints the table, and returns 0 if every budget is kept; with <c>--allocations-only</c> every budget that does not depend on time, without the rows of stores, which have no other.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var (isClockForgiven, plot) = (args.Contains("--allocations-only"), Array.IndexOf(args, "--plot"));
        if (args.Any(a => a.StartsWith('-') && a is not ("--allocations-only" or "--plot")) || plot == args.Length - 1 && plot >= 0)
        {
            await Console.Error.WriteLineAsync("Usage: --check [--allocations-only] [--plot FILE]");
            return 2;
        }

        // Runs first: the memory held by streams can be measured only while the pools are empty.
        var streams = await ManyStreamsAsync();
        List<Row> bodies = [];
        foreach (var comparison in Comparison.All)
        {
            bodies.AddRange(await CompareAsync(comparison, isClockForgiven ? 1 : Launches));
        }

        Row[] rows = [.. bodies, .. streams, .. isClockForgiven ? [] : await StoresAsync()];
        Console.WriteLine(string.Join('\n', [Machine.Describe(), "", Row.Header, .. rows.Select(static r => r.ToString())]));
        if (plot >= 0)
        {
            await File.WriteAllTextAsync(args[plot + 1], Plot.Draw(rows));
        }

        var missed = rows.Where(r => !r.IsKept && (r.IsAllocation || !isClockForgiven)).ToList();
        Console.WriteLine($"\n{rows.Count(static r => r.IsKept)} of {rows.Length} budgets kept{(missed.Count > 0 ? $"; fails for: {string.Join("; ", missed.Select(static r => $"{r.Work} ({r.Measure})"))}" : "")}.");
        return missed.Count == 0 ? 0 : 1;
    }

    private static async Task<Row[]> CompareAsync(Comparison comparison, int launches)
    {
        var samples = await Launch.CompareAsync(comparison.Work, launches);
        var (body, peer) = (comparison.IsAboutBody ? (await comparison.Bodies()[0]()).Size : (long?)null, samples.ElementAtOrDefault(2));
        return
        [
            new(comparison.Work, "time", "µs", samples[0].Microseconds, samples[1].Microseconds, peer?.Microseconds, comparison.Time) { ToFloor = samples[1].ToFirst },
            new(comparison.Work, body is null ? "allocated" : "allocated (floor: the body)", "kB", (body ?? samples[0].Bytes) / 1000, samples[1].Bytes / 1000, peer?.Bytes / 1000, comparison.Allocated) { IsAllocation = true },
        ];
    }

    private static async Task<Row[]> ManyStreamsAsync()
    {
        const string Work = "1,000 concurrent streams of 200 deltas";
        await using var group = new ManyStreams();
        var held = (await group.RunGrokAsync()).Held;
        await group.RunFloorAsync();
        var (floor, grok) = (new List<double>(), new List<double>());
        for (var round = 0; round < StreamRounds; round++)
        {
            floor.Add(EventsPerMillisecond(await group.RunFloorAsync()));
            grok.Add(EventsPerMillisecond(await group.RunGrokAsync()));
        }

        return
        [
            new(Work, "events", "/ms", Sampler.Median(floor), Sampler.Median(grok), null, 0.7) { IsAtLeast = true },
            new(Work, "held per open stream", "kB", null, held / 1000, null, 64) { IsAllocation = true },
        ];

        static double EventsPerMillisecond(ManyStreamsRun run) => run.Tally.Count / run.Microseconds * 1000;
    }

    private static async Task<List<Row>> StoresAsync()
    {
        const string Work = "4 kB turn appended";
        var memory = (await Sampler.CompareAsync(new MemoryAppend().Grok))[0].Microseconds;
        List<Row> rows = [new($"{Work} in memory", "time", "ms", null, memory / 1000, null, 2)];
        await using (var sqlite = new SqliteAppend())
        {
            rows.Add(Against("SQLite", await Sampler.CompareAsync(sqlite.Floor, sqlite.Grok)));
        }

        await using var postgres = new PostgresAppend();
        try
        {
            await postgres.StartAsync();
            rows.Add(Against("PostgreSQL", await Sampler.CompareAsync(postgres.Floor, postgres.Grok)));
        }
        catch (Xunit.Sdk.SkipException)
        {
            Console.WriteLine("No PostgreSQL here: its row is left out.");
        }

        return rows;

        static Row Against(string where, Sample[] samples) => new($"{Work} in {where}", "time", "µs", samples[0].Microseconds, samples[1].Microseconds, null, 3) { ToFloor = samples[1].ToFirst };
    }
}
