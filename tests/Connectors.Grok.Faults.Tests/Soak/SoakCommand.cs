using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Support;

namespace Connectors.Grok.Faults.Tests.Soak;

/// <summary>Runs many parallel streams for a long time, with faults of every kind, and checks for leaks.</summary>
internal static class SoakCommand
{
    private const int FaultPercent = 5;
    private const int MostStreams = 10_000;
    private const int MostSeconds = 3600;

    // The allowed growth of the heap after the first minute, and the allowed rise of a straight line through the samples.
    private const double HeapTolerance = 0.10;
    private const double HeapToleranceMiB = 8;

    // The number of sockets and timers of the runtime varies.
    private const int FewSockets = 4;
    private const int FewTimers = 8;

    private static readonly TimeSpan Warm = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(2);

    /// <param name="numbers">The number of streams (1,000) and seconds (600).</param>
    /// <returns>0 when there was no leak and no unexpected result.</returns>
    public static async Task<int> RunAsync(string[] numbers)
    {
        var streams = Number(numbers, 0, 1000, MostStreams);
        var time = TimeSpan.FromSeconds(Number(numbers, 1, 600, MostSeconds));
        using var emulator = await EmulatorProcess.StartAsync();
        var connections = new CountedConnections();
        var tally = new SoakTally();
        var wrong = new List<string>();
        var before = SoakSample.Take(TimeSpan.Zero, tally, connections, null, 0);
        Console.WriteLine($"{streams} streams for {time.TotalSeconds:F0} s, {FaultPercent} % of the calls with a fault; the emulator is another process\n\n{SoakSample.Head}\n{before}");
        var samples = await RunAsync(emulator, connections, tally, streams, time, wrong);
        Judge(samples, before, connections, tally, time, wrong);
        Console.WriteLine($"\nthe emulator's process: {emulator.Memory()}\n\n| what came out | calls |\n|---|--:|");
        tally.Outcomes.ToList().ForEach(static o => Console.WriteLine($"| {o.Key} | {o.Value} |"));
        Console.WriteLine(wrong.Count == 0 ? "\nnothing leaked" : "\nWRONG");
        wrong.Concat(tally.Surprises).ToList().ForEach(Console.WriteLine);
        return wrong.Count == 0 ? 0 : 1;
    }

    /// <summary>The samples under load, and as the last one the one when everything has ended.</summary>
    private static async Task<List<SoakSample>> RunAsync(EmulatorProcess emulator, CountedConnections connections, SoakTally tally, int streams, TimeSpan time, List<string> wrong)
    {
        var samples = new List<SoakSample>();
        using var end = new CancellationTokenSource();
        var began = Stopwatch.GetTimestamp();
        using (var http = new HttpClient(new FaultHeader(connections.NewHandler(streams))) { Timeout = Timeout.InfiniteTimeSpan })
        {
            using var grok = new GrokChatClient(Options(emulator.Address), http);
            var conversations = grok.AsConversationClient(new InMemoryConversationStore());
            var callers = Task.WhenAll(Enumerable.Range(0, streams).Select(n => Task.Run(() => new SoakCaller(n, grok, conversations, tally, FaultPercent).RunAsync(end.Token))));
            await WatchAsync(samples, connections, tally, began, time);
            await end.CancelAsync();
            try
            {
                await callers.WaitAsync(EndsWithin, TimeProvider.System);
            }
            catch (TimeoutException)
            {
                wrong.Add($"{tally.Open} calls did not end within {EndsWithin}");
            }
        }

        try
        {
            await connections.AllClosedAsync().WaitAsync(EndsWithin, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            wrong.Add($"connections stayed open for {EndsWithin}");
        }

        samples.Add(SoakSample.Take(Stopwatch.GetElapsedTime(began), tally, connections, samples.LastOrDefault(), tally.Events));
        Console.WriteLine(samples[^1]);
        return samples;
    }

    private static async Task WatchAsync(List<SoakSample> samples, CountedConnections connections, SoakTally tally, long began, TimeSpan time)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(Math.Clamp(time.TotalSeconds / 20, 3, 30)), TimeProvider.System);
        for (var events = 0L; Stopwatch.GetElapsedTime(began) < time && await timer.WaitForNextTickAsync();)
        {
            samples.Add(SoakSample.Take(Stopwatch.GetElapsedTime(began), tally, connections, samples.LastOrDefault(), events));
            events = tally.Events;
            Console.WriteLine(samples[^1]);
        }
    }

    private static void Judge(List<SoakSample> samples, SoakSample before, CountedConnections connections, SoakTally tally, TimeSpan time, List<string> wrong)
    {
        var end = samples[^1];
        Check(tally.Unexpected == 0, $"{tally.Unexpected} unexpected outcomes");
        Check(tally.Open == 0, $"{tally.Open} calls are still under way");
        Check(connections.Open == 0, $"{connections.Open} connections are still open");
        Check(end.Sockets <= before.Sockets + FewSockets, $"{end.Sockets} sockets are open, {before.Sockets} were before");
        Check(end.Timers <= before.Timers + FewTimers, $"{end.Timers} timers are active, {before.Timers} were before");
        var warm = samples[..^1].FindAll(s => s.At >= (time > 3 * Warm ? Warm : time / 3));
        if (warm.Count < 3)
        {
            wrong.Add("the run was too short to judge its memory");
            return;
        }

        // The result of a collection during a thousand streams varies: three samples together are more reliable than one.
        var (first, last) = (warm.Take(3).Average(static s => s.HeapMiB), warm.TakeLast(3).Average(static s => s.HeapMiB));
        var allowed = (first * HeapTolerance) + HeapToleranceMiB;
        var (growth, trend) = (last - first, Slope(warm) * (warm[^1].At - warm[0].At).TotalMinutes);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\nheap under load: {first:F1} MiB from {warm[0].At.TotalSeconds:F0} s on, {last:F1} up to {warm[^1].At.TotalSeconds:F0} s (three samples each); the straight line through it rises by {trend:F1} MiB ({Slope(warm):F2} a minute); allowed is {allowed:F1}; {end.HeapMiB:F1} when all has ended"));
        Check(growth <= allowed, $"the heap grew by {growth:F1} MiB");
        Check(trend <= allowed, $"the heap's trend is {trend:F1} MiB");

        void Check(bool isGood, string otherwise)
        {
            if (!isGood)
            {
                wrong.Add(otherwise);
            }
        }
    }

    /// <summary>MiB a minute, by least squares.</summary>
    private static double Slope(List<SoakSample> samples)
    {
        var (x, y) = (samples.Average(static s => s.At.TotalMinutes), samples.Average(static s => s.HeapMiB));
        return samples.Sum(s => (s.At.TotalMinutes - x) * (s.HeapMiB - y)) / samples.Sum(s => (s.At.TotalMinutes - x) * (s.At.TotalMinutes - x));
    }

    private static GrokChatClientOptions Options(Uri endpoint) => new()
    {
        ApiKey = "xai-test",
        Endpoint = endpoint,
        MaxRetries = 1,
        RecoveryTimeout = TimeSpan.Zero,
        RetryDelay = TimeSpan.FromMilliseconds(100),
        // A stalled stream must not block its caller for the whole run; a paced answer that is not streamed takes some seconds.
        StreamIdleTimeout = TimeSpan.FromSeconds(15),
        Timeout = TimeSpan.FromSeconds(45),
    };

    private static int Number(string[] numbers, int at, int otherwise, int most) => at < numbers.Length
        ? Math.Clamp(int.Parse(numbers[at], CultureInfo.InvariantCulture), 1, most)
        : otherwise;
}
