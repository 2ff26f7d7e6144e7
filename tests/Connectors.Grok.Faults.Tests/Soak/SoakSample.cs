using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Soak;

/// <summary>The process at one moment, after a full collection.</summary>
internal sealed record SoakSample(TimeSpan At, int Finished, int Open, int Unexpected, double EventsPerSecond, double HeapMiB, double WorkingSetMiB, int Files, int Sockets, int Connections, int Threads, long Timers, long Pending)
{
    public const string Head = "|  time | finished | open | unexpected | events/s | heap MiB | working set MiB | files | sockets | connections | threads | timers | queued |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|";

    public static SoakSample Take(TimeSpan at, SoakTally tally, CountedConnections connections, SoakSample? before, long eventsBefore)
    {
        // Twice, to collect objects released by finalizers.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var files = Directory.Exists("/proc/self/fd") ? new DirectoryInfo("/proc/self/fd").GetFiles() : [];
        var elapsed = at - (before?.At ?? TimeSpan.Zero);
        return new SoakSample(
            at, tally.Finished, tally.Open, tally.Unexpected, (tally.Events - eventsBefore) / Math.Max(elapsed.TotalSeconds, 0.001),
            GC.GetTotalMemory(forceFullCollection: false) / 1048576.0, process.WorkingSet64 / 1048576.0,
            files.Length, files.Count(static f => f.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true), connections.Open,
            ThreadPool.ThreadCount, Timer.ActiveCount, ThreadPool.PendingWorkItemCount);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"| {At.TotalSeconds,4:F0} s | {Finished} | {Open} | {Unexpected} | {EventsPerSecond:F0} | {HeapMiB:F1} | {WorkingSetMiB:F0} | {Files} | {Sockets} | {Connections} | {Threads} | {Timers} | {Pending} |");
}
