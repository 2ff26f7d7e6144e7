using System.Diagnostics;
using System.Text.Json;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>
/// Runs comparisons in processes of their own, one after the other: the optimization of the same code differs between processes by more
/// than the tightest budget allows, and depends on the code that ran before.
/// </summary>
internal static class Launch
{
    /// <summary>The argument before the name of the work to compare and print.</summary>
    public const string Switch = "--compare";
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Runs a number of processes, and returns the one with the median ratio of library to floor.</summary>
    public static async Task<Sample[]> CompareAsync(string work, int launches)
    {
        List<Sample[]> all = [];
        for (var launch = 0; launch < launches; launch++)
        {
            all.Add(await StartAsync(work));
        }

        return all.OrderBy(static samples => samples[1].ToFirst).ElementAt(launches / 2);
    }

    /// <summary>Runs the comparison in the child process.</summary>
    public static async Task<int> RunAsync(string work)
    {
        var samples = await Sampler.CompareAsync(Comparison.All.Single(c => c.Work == work).Bodies());
        await using var json = new Utf8JsonWriter(Console.OpenStandardOutput());
        json.WriteStartArray();
        foreach (var number in samples.SelectMany(static s => new[] { s.Microseconds, s.Bytes, s.ToFirst }))
        {
            json.WriteNumberValue(number);
        }

        json.WriteEndArray();
        return 0;
    }

    private static async Task<Sample[]> StartAsync(string work)
    {
        // "dotnet program.dll" names the program beside itself; the program's own host does not.
        var isHosted = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [.. isHosted ? new[] { typeof(Launch).Assembly.Location } : [], Switch, work]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(Longest);
        try
        {
            var printed = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"The process that compares '{work}' ended with {process.ExitCode}.");
            }

            using var json = JsonDocument.Parse(printed);
            return [.. json.RootElement.EnumerateArray().Select(static n => n.GetDouble()).Chunk(3).Select(static n => new Sample(n[0], n[1]) { ToFirst = n[2] })];
        }
        finally
        {
            process.Kill();
        }
    }
}
