using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>
/// Runs comparisons in processes of their own, one after the other: the optimization of the same code differs between processes by more
/// than the tightest budget allows, and depends on the code that ran before.
/// </summary>
internal static class Launch
{
    /// <summary>The argument before the name of the work to compare and print.</summary>
    public const string Switch = "--compare";

    /// <summary>The argument after it, for allocations: they hardly depend on what is optimized.</summary>
    public const string Brief = "--brief";

    private const int BriefWarmUps = 20;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs a number of processes, and returns what each of them measured.</summary>
    public static async Task<IReadOnlyList<Sample[]>> CompareAsync(string work, int launches)
    {
        List<Sample[]> all = [];
        for (var launch = 0; launch < launches; launch++)
        {
            all.Add(await StartAsync(Switch, work));
        }

        return all;
    }

    /// <summary>Runs one process, which warms up less where the comparison says how long.</summary>
    public static async Task<IReadOnlyList<Sample[]>> CompareBrieflyAsync(string work) => [await StartAsync(Switch, Brief, work)];

    /// <summary>Runs the comparison in the child process.</summary>
    /// <param name="work">The work.</param>
    /// <param name="isBrief">Whether only allocations count.</param>
    public static async Task<int> RunAsync(string work, bool isBrief = false)
    {
        var comparison = Comparison.All.Single(c => c.Work == work);
        var samples = await Sampler.CompareAsync(isBrief && comparison.WarmUpCalls is not null ? BriefWarmUps : comparison.WarmUpCalls, [.. comparison.Bodies().Select(static b => b.RunAsync)]);
        await Console.Out.WriteAsync(JsonSerializer.Serialize(samples, SamplesJson.Default.SampleArray));
        return 0;
    }

    private static async Task<Sample[]> StartAsync(params string[] arguments)
    {
        // "dotnet program.dll" names the program beside itself; the program's own host does not.
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. isHosted ? new[] { typeof(Launch).Assembly.Location } : [], .. arguments]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            var printed = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The process that compares '{arguments[^1]}' ended with {process.ExitCode}.");
            }

            return JsonSerializer.Deserialize(printed, SamplesJson.Default.SampleArray)!;
        }
        finally
        {
            process.Kill();
        }
    }
}

/// <summary>What a process of a comparison prints.</summary>
[JsonSerializable(typeof(Sample[]))]
internal sealed partial class SamplesJson : JsonSerializerContext;
