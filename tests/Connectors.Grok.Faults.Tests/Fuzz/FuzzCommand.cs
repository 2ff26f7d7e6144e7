using System.Diagnostics;
using System.Globalization;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>The fuzz run as a command: any number of cases from any seed, and one alone.</summary>
internal static class FuzzCommand
{
    public const int DefaultCount = 200_000;

    /// <summary>The number of cases in a test run.</summary>
    public const int ShortCount = 40_000;
    public const ulong DefaultSeed = 20261121;

    /// <param name="args">The number of cases and the seed; or <c>case</c>, a seed and an index.</param>
    /// <returns>0 when no case failed.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is ["case", var from, var at])
        {
            var (one, verdict) = await FuzzRun.RunOneAsync(ulong.Parse(from, CultureInfo.InvariantCulture), int.Parse(at, CultureInfo.InvariantCulture));
            Console.WriteLine($"{one.Notes}\n{System.Text.Encoding.UTF8.GetString(one.Answer.Plain() ?? one.Answer.Body)}\n{verdict}");
            return verdict.Wrong is null ? 0 : 1;
        }

        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : DefaultCount;
        var seed = args.Length > 1 ? ulong.Parse(args[1], CultureInfo.InvariantCulture) : DefaultSeed;
        var run = new FuzzRun(count, seed);
        await run.RunAsync();
        Write(run, count, seed);
        return run.Failed == 0 ? 0 : 1;
    }

    private static void Write(FuzzRun run, int count, ulong seed)
    {
        Console.WriteLine($"{count} cases from seed {seed} in {run.Elapsed.TotalSeconds:F1} s ({count / run.Elapsed.TotalSeconds:F0} a second)");
        Console.WriteLine("\nwhat came out");
        run.Outcomes.ToList().ForEach(static o => Console.WriteLine($"{o.Count,10}  {o.Word}"));
        Console.WriteLine("\nwhat was done");
        run.Mutations.ToList().ForEach(static m => Console.WriteLine($"{m.Count,10}  {m.Word}"));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine($"\nslowest: {run.Slowest.Time.TotalMilliseconds:F1} ms, case {run.Slowest.Index} ({run.Slowest.Notes})");
        Console.WriteLine($"largest: {run.Largest.Bytes} bytes allocated for {run.Largest.Size}, case {run.Largest.Index}; at most {run.MostPerByte:F0} for a byte");
        Console.WriteLine($"memory: {process.PeakWorkingSet64 / 1024 / 1024} MiB at the most, {GC.GetTotalMemory(forceFullCollection: true) / 1024 / 1024} MiB held at the end");
        Console.WriteLine($"wrong: {run.Failed}");
        run.Failures.ToList().ForEach(Console.WriteLine);
    }
}
