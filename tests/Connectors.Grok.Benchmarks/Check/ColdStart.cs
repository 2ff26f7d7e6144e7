using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>
/// A fresh process up to the first token of a streamed answer, and its processor time up to the end of the answer. The programs are those of tests/Connectors.Grok.ColdStart, which need
/// the shared framework, or are trimmed and bring their own.
/// </summary>
internal sealed class ColdStart : IMeasurement
{
    /// <summary>The number of deltas of the answer.</summary>
    public const int Deltas = 20;

    private const int WarmUpRounds = 2;
    private const int Rounds = 15;
    private const string Program = "Connectors.Grok.ColdStart";
    private static readonly TimeSpan LongestPublish = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(1);
    private static readonly Side[] Sides = [Side.Floor, Side.Grok, Side.Adapter];
    private static readonly int Length = Payloads.Text(Deltas).Length;

    public string Work => "cold start";

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        if (isClockForgiven)
        {
            // It has budgets of time only.
            return [];
        }

        var folder = Directory.CreateTempSubdirectory("cold-start-");
        try
        {
            return
            [
                .. await CompareAsync("plain", Path.Combine(folder.FullName, "plain"), "--no-self-contained"),
                .. await CompareAsync("trimmed", Path.Combine(folder.FullName, "trimmed"), "--runtime", "linux-x64", "--self-contained", "-p:PublishTrimmed=true"),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<Row[]> CompareAsync(string kind, string folder, params string[] options)
    {
        foreach (var side in Sides)
        {
            await PublishAsync(side, Path.Combine(folder, side.ToString()), options);
        }

        await using var server = new LoopbackServer(Deltas, isHeld: false);
        var starts = Sides.ToDictionary(static side => side, static _ => new List<Start>());
        for (var round = -WarmUpRounds; round < Rounds; round++)
        {
            foreach (var side in Sides)
            {
                var start = await StartAsync(Path.Combine(folder, side.ToString(), Program), server.Endpoint);
                if (round >= 0)
                {
                    starts[side].Add(start);
                }
            }
        }

        return
        [
            ToRow(kind, "to the first token", starts, static s => s.FirstToken, new(0.9, Side.Adapter) { Or = new(1.15) }),
            ToRow(kind, "processor time", starts, static s => s.Processor, budget: null),
        ];
    }

    private Row ToRow(string kind, string measure, Dictionary<Side, List<Start>> starts, Func<Start, double> milliseconds, Budget? budget)
    {
        // The load of the machine varies between rounds, but is the same within a round.
        var ratios = Sides.ToDictionary(static side => side, side => starts[Side.Grok].Zip(starts[side], (grok, other) => milliseconds(grok) / milliseconds(other)).Order().ToArray());
        var row = new Row($"{Work}, {kind}", measure, "ms", Sides.ToDictionary(static side => side, side => Sampler.Median(starts[side].Select(milliseconds))), budget)
        {
            Ratios = ratios.ToDictionary(static r => r.Key, static r => Sampler.Median(r.Value)),
        };
        return row.Against is { } against ? row with { Spread = (ratios[against][0], ratios[against][^1]) } : row;
    }

    private static async Task PublishAsync(Side side, string folder, string[] options)
    {
        string[] arguments =
        [
            "publish", Repository.PathTo($"tests/{Program}"), "--configuration", "Release", "--output", folder, "--verbosity", "quiet", "--nologo", "-nodeReuse:false",
            $"-p:Subject={side}", "-p:RunAnalyzers=false", .. options,
        ];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var printed = await ReadToEndAsync(process, process.StandardOutput.ReadToEndAsync, LongestPublish);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"The program of the side {side} cannot be published:\n{printed}");
        }
    }

    private static async Task<Start> StartAsync(string program, Uri endpoint)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(program, [endpoint.AbsoluteUri]) { UseShellExecute = false, RedirectStandardOutput = true })!;
        var firstToken = 0.0;
        var end = await ReadToEndAsync(
            process,
            async token =>
            {
                await process.StandardOutput.ReadLineAsync(token);
                firstToken = watch.Elapsed.TotalMilliseconds;
                return await process.StandardOutput.ReadToEndAsync(token);
            },
            LongestRun);
        var numbers = end.Split(' ');
        return process.ExitCode == 0 && numbers.Length == 2 && numbers[0] == Length.ToString(CultureInfo.InvariantCulture)
            ? new Start(firstToken, double.Parse(numbers[1], CultureInfo.InvariantCulture))
            : throw new InvalidOperationException($"The program {program} ended with {process.ExitCode} and printed '{end}'.");
    }

    /// <summary>Reads what a process prints, and waits for its end; stops it when the time is over.</summary>
    private static async Task<string> ReadToEndAsync(Process process, Func<CancellationToken, Task<string>> read, TimeSpan longest)
    {
        using var limit = new CancellationTokenSource(longest);
        try
        {
            var printed = await read(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return printed;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What one process took, in milliseconds.</summary>
    /// <param name="FirstToken">The time from its start to its first token.</param>
    /// <param name="Processor">Its processor time up to the end of the answer.</param>
    private sealed record Start(double FirstToken, double Processor);
}
