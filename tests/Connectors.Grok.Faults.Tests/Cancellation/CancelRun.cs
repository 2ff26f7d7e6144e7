using System.Collections.Concurrent;
using System.Diagnostics;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Cancels a number of calls: at every event of every stream in memory, the rest over HTTP.</summary>
internal static class CancelRun
{
    public const int DefaultCount = 10_000;

    public static async Task<CancelResult> RunAsync(int count, int seed, Action<string> line)
    {
        Collect();
        var result = new CancelResult();
        var unobserved = new ConcurrentQueue<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            var began = Stopwatch.GetTimestamp();
            await new EveryEvent(result).RunAsync();
            line($"at every event, in memory: {result.Count} in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
            began = Stopwatch.GetTimestamp();
            var rest = Math.Max(0, count - result.Count);
            var random = new RandomTimes(result, rest, seed);
            await random.RunAsync();
            line($"over HTTP on loopback: {rest} in {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s; {random.Connections}");
            Collect();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        foreach (var exception in unobserved)
        {
            result.Wrong.Enqueue($"unobserved: {exception}");
        }

        line($"unobserved exceptions: {unobserved.Count}");
        result.Write(line);
        return result;
    }

    /// <summary>Collects unreferenced tasks, so that their unobserved exceptions are reported.</summary>
    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
