using System.Diagnostics;
using Connectors.Grok.Benchmarks.Check;

namespace Connectors.Grok.Benchmarks.Stores;

/// <summary>Measures work that cannot be repeated as often as one likes.</summary>
internal static class Timing
{
    public static async Task<double> MillisecondsAsync(Func<Task> work)
    {
        var watch = Stopwatch.StartNew();
        await work();
        return watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Runs bodies alternately, each with the number of the round.</summary>
    /// <returns>The median times in milliseconds, and the median ratios to the first body and to the second one of the same round.</returns>
    public static async Task<(double[] Medians, double[] ToFirst, double[] ToSecond)> RoundsAsync(int warmUps, int rounds, params Func<int, Task>[] bodies)
    {
        var times = Array.ConvertAll(bodies, static _ => new List<double>());
        for (var round = 0; round < warmUps + rounds; round++)
        {
            for (var i = 0; i < bodies.Length; i++)
            {
                var time = await MillisecondsAsync(() => bodies[i](round));
                if (round >= warmUps)
                {
                    times[i].Add(time);
                }
            }
        }

        return (Array.ConvertAll(times, static t => Sampler.Median(t)), Ratios(times[0]), Ratios(times[Math.Min(1, times.Length - 1)]));

        double[] Ratios(List<double> to) => Array.ConvertAll(times, t => Sampler.Median(t.Zip(to, static (time, first) => time / first)));
    }
}
