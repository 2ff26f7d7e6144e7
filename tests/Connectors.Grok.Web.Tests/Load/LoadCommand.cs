using System.Globalization;
using Connectors.Grok.Emulator;
using Connectors.Grok.Web.Tests.Support;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>The load as a command: two processes of the sample on one PostgreSQL, over one emulator.</summary>
internal static class LoadCommand
{
    private const int MostVisitors = 1000;
    private const int MostSeconds = 600;

    /// <param name="numbers">How many visitors (200) and seconds (60).</param>
    /// <returns>0 when there was no error.</returns>
    public static async Task<int> RunAsync(string[] numbers)
    {
        var visitors = Number(numbers, 0, 200, MostVisitors);
        var seconds = Number(numbers, 1, 60, MostSeconds);
        var interval = TimeSpan.FromSeconds(Math.Min(10, seconds));
        var run = new LoadRun(visitors, Math.Max(1, (int)(seconds / interval.TotalSeconds)), interval);
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        await using var emulator = await GrokEmulator.StartAsync(LoadRun.EmulatorOptions);
        await using var one = await Node.StartAsync(server.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        await using var two = await Node.StartAsync(server.ConnectionString, emulator.BaseAddress, LoadRun.NodeSettings);
        Console.WriteLine($"{visitors} visitors on two nodes, one message each {interval.TotalSeconds} s ({visitors / interval.TotalSeconds:F0} answers a second), {run.Rounds} rounds; beside them as many straight to the emulator.");

        // Code that was never run takes its time once.
        var warm = new LoadRun(20, 2, TimeSpan.FromSeconds(1));
        await warm.DirectAsync(emulator.BaseAddress);
        await warm.OnAsync([one.Address, two.Address]);

        // Side by side, so that both meet the same machine.
        var results = await Task.WhenAll(run.DirectAsync(emulator.BaseAddress), run.OnAsync([one.Address, two.Address]));
        var (direct, web) = (results[0], results[1]);
        Write("straight to the emulator", direct);
        Write("through the sample", web);
        foreach (var percent in new[] { 50, 99 })
        {
            var (ours, theirs) = (web.Percentile(percent), direct.Percentile(percent));
            Console.WriteLine($"our own overhead, p{percent}: {ours.First - theirs.First:F1} ms to the first text, {ours.Whole - theirs.Whole:F1} ms to the end");
        }

        var errors = direct.Errors.Concat(web.Errors).ToList();
        errors.Take(10).ToList().ForEach(Console.WriteLine);
        return errors.Count == 0 && web.Answers == visitors * run.Rounds ? 0 : 1;
    }

    private static int Number(string[] numbers, int at, int otherwise, int most) => at < numbers.Length
        ? Math.Clamp(int.Parse(numbers[at], CultureInfo.InvariantCulture), 1, most)
        : otherwise;

    private static void Write(string what, LoadResult result)
    {
        var (half, most) = (result.Percentile(50), result.Percentile(99));
        Console.WriteLine($"{what}: {result.Answers} answers in {result.Elapsed.TotalSeconds:F1} s, {result.Errors.Count} errors; "
            + $"first text p50 {half.First:F1} ms, p99 {most.First:F1} ms; end p50 {half.Whole:F1} ms, p99 {most.Whole:F1} ms");
    }
}
