using System.Collections.Concurrent;
using System.Globalization;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>The results of many cancellations.</summary>
internal sealed class CancelResult
{
    private readonly ConcurrentBag<double> _milliseconds = [];
    private readonly ConcurrentDictionary<string, int> _ways = new();

    public ConcurrentQueue<string> Wrong { get; } = new();

    public int Count => _milliseconds.Count;

    public double Longest => Percentile(100);

    /// <summary>Checks the exception of a cancelled call.</summary>
    /// <param name="way">The call, and how it was cancelled.</param>
    /// <param name="thrown">The exception; null when nothing was thrown.</param>
    /// <param name="latency">The time from the cancellation to the exception.</param>
    /// <param name="token">The token that was cancelled.</param>
    public void Add(string way, Exception? thrown, TimeSpan latency, CancellationToken token)
    {
        _milliseconds.Add(latency.TotalMilliseconds);
        _ways.AddOrUpdate(way, 1, static (_, n) => n + 1);
        if (thrown is not OperationCanceledException cancelled)
        {
            Wrong.Enqueue($"{way}: {thrown?.ToString() ?? "no exception"}");
        }
        else if (cancelled.CancellationToken != token)
        {
            Wrong.Enqueue($"{way}: the exception carries another token: {cancelled}");
        }
    }

    public void Write(Action<string> line)
    {
        foreach (var (way, count) in _ways.OrderBy(static w => w.Key, StringComparer.Ordinal))
        {
            line($"{count,8}  {way}");
        }

        line(string.Create(CultureInfo.InvariantCulture,
            $"{Count} cancellations; from there to the exception p50 {Percentile(50):F2} ms, p99 {Percentile(99):F2} ms, p99.9 {Percentile(99.9):F2} ms, longest {Longest:F2} ms; wrong: {Wrong.Count}"));
        Wrong.Take(10).ToList().ForEach(line);
    }

    private double Percentile(double percent)
    {
        var sorted = _milliseconds.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(sorted.Count * percent / 100) - 1, 0, sorted.Count - 1)];
    }
}
