using System.Diagnostics;
using Connectors.Grok.Benchmarks.Support;
using Connectors.Grok.Stores.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>
/// A turn through everything: an endpoint of ASP.NET Core, conversations, a store and telemetry, against the same endpoint over the adapter, which sends the whole history. What a turn costs
/// must not depend on the turns before it, so that the last one is compared with this client's own second turn.
/// </summary>
internal sealed class StatefulTurns : IMeasurement
{
    private const int Second = 2;
    private const int Last = 1000;
    private static readonly IReadOnlyList<int> Turns = [Second, 100, Last];

    public string Work => "turn through ASP.NET Core";

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        var folder = Directory.CreateTempSubdirectory("grok-benchmarks-").FullName;
        List<Row> rows = [];
        try
        {
            rows.AddRange(await CompareAsync("SQLite", store => store.UseSqlite(Path.Combine(folder, "store.db")), isClockForgiven));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        await using var postgres = new PostgresServer();
        await postgres.InitializeAsync();
        try
        {
            var connection = postgres.ConnectionString;
            rows.AddRange(await CompareAsync("PostgreSQL", store => store.UsePostgres(connection), isClockForgiven));
        }
        catch (Xunit.Sdk.SkipException)
        {
            Console.WriteLine($"No PostgreSQL here: the rows of the {Work} with it are left out.");
        }

        return rows;
    }

    private async Task<IReadOnlyList<Row>> CompareAsync(string where, Action<GrokConversationsBuilder> store, bool isClockForgiven)
    {
        using var telemetry = new TelemetryRecorder();
        await using var grok = new GrokApplication(store);
        await using var adapter = new AdapterApplication();
        await grok.StartAsync();
        await adapter.StartAsync();
        var samples = await MeasureAsync(grok, adapter, isClockForgiven ? Pace.Brief : Pace.Full);
        List<Row> rows = [];
        foreach (var turn in Turns)
        {
            var isLast = turn == Last;
            var work = $"{Work}, {where}, turn {turn:N0}";
            if (!isClockForgiven)
            {
                rows.Add(ToRow(work, "time", "µs", samples, turn, static s => s.Microseconds, isLast ? new(1.1, Side.SecondTurn) : null));
            }

            rows.Add(ToRow(work, "sent", "kB", samples, turn, static s => s.Sent / 1000, isLast ? new(0.1, Side.Adapter) : null) with { IsAllocation = true });
            rows.Add(ToRow(work, "allocated", "kB", samples, turn, static s => s.Allocated / 1000, isLast ? new(1.1, Side.SecondTurn) : null) with { IsAllocation = true });
        }

        return rows;
    }

    private static Row ToRow(string work, string measure, string unit, Dictionary<(Side, int), List<Cost>> samples, int turn, Func<Cost, double> value, Budget? budget)
    {
        var (ours, second) = (samples[(Side.Grok, turn)], samples[(Side.Grok, Second)]);
        return new(work, measure, unit, new Dictionary<Side, double>
        {
            [Side.Grok] = Sampler.Median(ours.Select(value)),
            [Side.Adapter] = Sampler.Median(samples[(Side.Adapter, turn)].Select(value)),
            [Side.SecondTurn] = Sampler.Median(second.Select(value)),
        },
        budget)
        {
            // The speed of the machine varies between rounds, but is the same within a round.
            Ratios = new Dictionary<Side, double> { [Side.SecondTurn] = Sampler.Median(ours.Zip(second, (x, y) => value(x) / value(y))) },
        };
    }

    /// <summary>Measures the turns alternately.</summary>
    private static async Task<Dictionary<(Side, int), List<Cost>>> MeasureAsync(GrokApplication grok, AdapterApplication adapter, Pace pace)
    {
        (Side Side, ChatApplication Application)[] applications = [(Side.Grok, grok), (Side.Adapter, adapter)];
        Dictionary<(Side, int), List<Cost>> samples = [];
        foreach (var (side, application) in applications)
        {
            foreach (var turn in Turns)
            {
                samples[(side, turn)] = [];
                await application.GoToAsync(turn);
                // A turn that sends a thousand messages takes the time of many short ones.
                for (var i = 0; i < (turn == Second ? pace.WarmUps : pace.WarmUps / 10); i++)
                {
                    await application.RunAsync(turn);
                }
            }
        }

        for (var round = 0; round < pace.Rounds; round++)
        {
            foreach (var (side, application) in applications)
            {
                // Every other round backwards: the first turn after those of the other application is slower.
                foreach (var turn in round % 2 == 0 ? Turns : Turns.Reverse())
                {
                    await application.GoToAsync(turn);
                    samples[(side, turn)].Add(await OnceAsync(application, turn));
                }
            }
        }

        return samples;
    }

    private static async Task<Cost> OnceAsync(ChatApplication application, int turn)
    {
        var (bytes, sent) = (GC.GetTotalAllocatedBytes(precise: true), application.Sent);
        var watch = Stopwatch.StartNew();
        await application.RunAsync(turn);
        var elapsed = watch.Elapsed.TotalMicroseconds;
        return new Cost(elapsed, GC.GetTotalAllocatedBytes(precise: true) - bytes, application.Sent - sent);
    }

    /// <summary>What one turn took.</summary>
    private sealed record Cost(double Microseconds, double Allocated, double Sent);

    /// <summary>How long is measured.</summary>
    private sealed record Pace(int WarmUps, int Rounds)
    {
        /// <summary>For times.</summary>
        public static Pace Full { get; } = new(1000, 100);

        /// <summary>For bytes, which hardly vary.</summary>
        public static Pace Brief { get; } = new(50, 14);
    }
}
