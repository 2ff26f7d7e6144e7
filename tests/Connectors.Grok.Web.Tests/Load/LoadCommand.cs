using System.Globalization;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>The load test command: two processes of the sample with one PostgreSQL and one emulator.</summary>
internal static class LoadCommand
{
    private const int MaxVisitors = 1000;
    private const int MaxSeconds = 600;

    /// <summary>Runs the load test.</summary>
    /// <param name="numbers">The number of visitors (default: 200) and seconds (default: 60).</param>
    /// <returns>0 when there was no error.</returns>
    public static async Task<int> RunAsync(string[] numbers)
    {
        var visitors = Number(numbers, 0, 200, MaxVisitors);
        var seconds = Number(numbers, 1, 60, MaxSeconds);
        var interval = TimeSpan.FromSeconds(Math.Min(10, seconds));
        var run = new LoadRun(visitors, Math.Max(1, (int)(seconds / interval.TotalSeconds)), interval);
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var emulator = await GrokEmulator.StartAsync(LoadRun.EmulatorOptions);
        await using var one = await Node.StartAsync(server.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        await using var two = await Node.StartAsync(server.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        Console.WriteLine($"{visitors} visitors on two nodes, one message each {interval.TotalSeconds} s ({visitors / interval.TotalSeconds:F0} answers a second), {run.Rounds} rounds; as many clients call the emulator directly.");

        // Warm up: the first execution of code is slower.
        var warmup = new LoadRun(20, 2, TimeSpan.FromSeconds(1));
        await warmup.RunDirectlyAsync(emulator.BaseAddress);
        await warmup.RunOnNodesAsync([one.Address, two.Address]);

        // Concurrently, so that both run under the same load.
        var results = await Task.WhenAll(run.RunDirectlyAsync(emulator.BaseAddress), run.RunOnNodesAsync([one.Address, two.Address]));
        var (direct, web) = (results[0], results[1]);
        Write("directly to the emulator", direct);
        Write("through the sample", web);
        foreach (var percent in new[] { 50, 99 })
        {
            var (sampleTimes, directTimes) = (web.Percentile(percent), direct.Percentile(percent));
            Console.WriteLine($"added latency, p{percent}: {sampleTimes.First - directTimes.First:F1} ms to the first text, {sampleTimes.Whole - directTimes.Whole:F1} ms to the end");
        }

        var errors = direct.Errors.Concat(web.Errors).ToList();
        errors.Take(10).ToList().ForEach(Console.WriteLine);
        return errors.Count == 0 && web.Answers == visitors * run.Rounds ? 0 : 1;
    }

    private static int Number(string[] numbers, int index, int fallback, int max) => index < numbers.Length
        ? Math.Clamp(int.Parse(numbers[index], CultureInfo.InvariantCulture), 1, max)
        : fallback;

    private static void Write(string name, LoadResult result)
    {
        var (p50, p99) = (result.Percentile(50), result.Percentile(99));
        Console.WriteLine($"{name}: {result.Answers} answers in {result.Elapsed.TotalSeconds:F1} s, {result.Errors.Count} errors; "
            + $"first text p50 {p50.First:F1} ms, p99 {p99.First:F1} ms; end p50 {p50.Whole:F1} ms, p99 {p99.Whole:F1} ms");
    }
}
