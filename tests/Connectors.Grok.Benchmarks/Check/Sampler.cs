using System.Diagnostics;
using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>Measures bodies together: each round runs all of them, so that disturbances affect them alike.</summary>
internal static class Sampler
{
    private const int Rounds = 31;
    private const int StaleRounds = 60;
    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(20);

    /// <summary>Gets the median time and allocation of one call of each body, and the median ratios of its time to that of each body in the same round.</summary>
    /// <param name="warmUpCalls">The number of calls before anything is measured; null to run each body until it no longer gets faster.</param>
    /// <param name="bodies">The bodies.</param>
    public static async Task<Sample[]> CompareAsync(int? warmUpCalls, params Func<Task<Tally>>[] bodies)
    {
        var calls = new int[bodies.Length];
        var samples = Array.ConvertAll(bodies, static _ => new List<Sample>());
        for (var i = 0; i < bodies.Length; i++)
        {
            calls[i] = await WarmAsync(bodies[i], warmUpCalls);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < bodies.Length; i++)
            {
                samples[i].Add(await OnceAsync(bodies[i], calls[i]));
            }
        }

        // The speed of the machine varies between rounds, but is the same within a round.
        return Array.ConvertAll(samples, s => new Sample(Median(s.Select(static x => x.Microseconds)), Median(s.Select(static x => x.Bytes)))
        {
            Ratios = Array.ConvertAll(samples, other => Median(s.Zip(other, static (x, y) => x.Microseconds / y.Microseconds))),
        });
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Runs a body until it no longer gets faster, because the JIT compiler has optimized it, and returns the number of calls per round.</summary>
    private static async Task<int> WarmAsync(Func<Task<Tally>> body, int? warmUpCalls)
    {
        if (warmUpCalls is { } count)
        {
            await OnceAsync(body, count);
            return 1;
        }

        var (best, calls, stale) = (double.MaxValue, 1, 0);
        for (var watch = Stopwatch.StartNew(); stale < StaleRounds && watch.Elapsed < LongestWarmUp;)
        {
            var last = await OnceAsync(body, calls);
            calls = Math.Clamp((int)(Round.TotalMicroseconds / last.Microseconds), 1, 10_000);
            stale = last.Microseconds < best * 0.99 ? 0 : stale + 1;
            best = Math.Min(best, last.Microseconds);
        }

        return calls;
    }

    private static async Task<Sample> OnceAsync(Func<Task<Tally>> body, int calls)
    {
        var bytes = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < calls; i++)
        {
            await body();
        }

        var elapsed = watch.Elapsed.TotalMicroseconds;
        return new Sample(elapsed / calls, (GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)calls);
    }
}

/// <summary>The cost of one call.</summary>
internal sealed record Sample(double Microseconds, double Bytes)
{
    /// <summary>The time as a multiple of that of each body, in the order of the bodies.</summary>
    public double[] Ratios { get; init; } = [];

    public double Ratio(Side[] sides, Side to) => Ratios[Array.IndexOf(sides, to)];
}
