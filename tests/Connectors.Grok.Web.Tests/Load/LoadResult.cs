using System.Collections.Concurrent;
using System.Diagnostics;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>The result of a load test.</summary>
internal sealed class LoadResult
{
    private readonly ConcurrentBag<double> _whole = [];
    private readonly ConcurrentBag<double> _first = [];

    public ConcurrentQueue<string> Errors { get; } = new();

    public int Answers => _whole.Count;

    public TimeSpan Elapsed { get; set; }

    public void FirstText(TimeSpan time) => _first.Add(time.TotalMilliseconds);

    public async Task TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        try
        {
            await work();
            _whole.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch (Exception e)
        {
            Errors.Enqueue($"{e.GetType().Name}: {e.Message}");
        }
    }

    /// <summary>Returns percentiles of the time to the first text and to the end of answers, in milliseconds.</summary>
    public (double First, double Whole) Percentile(int percent) => (GetPercentile(_first, percent), GetPercentile(_whole, percent));

    private static double GetPercentile(ConcurrentBag<double> times, int percent)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)Math.Ceiling(sorted.Count * percent / 100.0) - 1)];
    }
}
