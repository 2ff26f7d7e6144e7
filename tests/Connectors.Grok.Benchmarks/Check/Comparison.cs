using Connectors.Grok.Benchmarks.Support;

namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A piece of work that all sides do in one process, one after the other, and its budgets.</summary>
/// <param name="Work">The work.</param>
/// <param name="Time">The budget of the time of one call; null when only its bytes matter.</param>
/// <param name="Allocated">The budget of the allocated bytes of one call.</param>
/// <param name="Bodies">Creates the bodies, that of the floor first.</param>
internal sealed record Comparison(string Work, Budget? Time, Budget? Allocated, Func<Body[]> Bodies) : IMeasurement
{
    private const int Launches = 5;

    // A loop takes milliseconds, and calls many methods: only after this many is all of it optimized, also on a busy machine.
    private const int LoopWarmUps = 600;

    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("stream of 1,000 text deltas", new(1.6), new(3.5), static () => new TextDeltas().Bodies),
        new("what 1,000 text deltas leave with the caller", null, new(1.1), static () => new KeptDeltas().Bodies),
        new("stream of 1,000 reasoning deltas", new(1.6), new(3.5), static () => new ReasoningDeltas().Bodies),
        // The floor makes no contents of Microsoft.Extensions.AI; the adapter does.
        new("20 kB answer, single POST", new(1.4) { Or = new(1.2, Side.Adapter) }, new(2.0), static () => new WholeAnswer().Bodies),
        new("20 kB answer, from a stream", new(1.4), new(2.0), static () => new StreamedWholeAnswer().Bodies),
        new("request from 200 messages", new(1.5), new(1.5), static () => new HistoryRequest().Bodies) { IsAboutBody = true },
        new("stateful turn, in-memory store", new(1.1), new(1.1), static () => new KeptTurn().Bodies),
        // What a name for the conversation adds to the plain client. The least code that keeps the turn adds about an eighth: that is the floor of the row before.
        new("stateful turn, to the plain client", new(1.25), new(1.2), static () => new StatefulTurn().Bodies),
        new("tool loop of 20 calls, by id", new(0.9, Side.Adapter), new(0.9, Side.Adapter), static () => new StoredToolLoop().Bodies) { WarmUpCalls = LoopWarmUps },
        new("tool loop of 20 calls, history resent", new(0.9, Side.Adapter), new(0.9, Side.Adapter), static () => new ResentToolLoop().Bodies) { WarmUpCalls = LoopWarmUps },
        new("full-history recognition, 10 messages", new(1.5), Budget.Of(50), static () => new KnownHistory { Messages = 10 }.Bodies),
        new("full-history recognition, 1,000 messages", new(1.5), Budget.Of(160), static () => new KnownHistory { Messages = 1_000 }.Bodies),
        new("full-history recognition, 10,000 messages", new(1.5), Budget.Of(1_200), static () => new KnownHistory { Messages = 10_000 }.Bodies),
        // The floor's time differs by more than half between runs, ours hardly: the limit shows when it doubles.
        new("rebuild of 1,000 turns", new(15), Budget.Of(5_800), static () => new RebuiltConversation().Bodies),
    ];

    /// <summary>Whether the budget for bytes is a multiple of the request body instead of the allocations of the floor.</summary>
    public bool IsAboutBody { get; init; }

    /// <summary>The number of calls before anything is measured; null to run each body until it no longer gets faster. Work that takes long is not repeated for minutes.</summary>
    public int? WarmUpCalls { get; init; }

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        var sides = Bodies().Select(static b => b.Side).ToArray();
        var body = IsAboutBody ? (await Bodies()[0].RunAsync()).Size : (long?)null;
        var launches = await (isClockForgiven ? Launch.CompareBrieflyAsync(Work) : Launch.CompareAsync(Work, Launches));
        var ours = Array.IndexOf(sides, Side.Grok);
        // The launch with the median ratio: its values are those of one process.
        var against = Time?.Against ?? Side.Floor;
        var ordered = launches.OrderBy(s => s[ours].Ratio(sides, against)).ToArray();
        var samples = ordered[ordered.Length / 2];
        var bytes = sides.Zip(samples, static (side, s) => (side, s.Bytes)).ToDictionary(static x => x.side, static x => x.Bytes / 1000);
        if (body is { } size)
        {
            bytes[Side.Floor] = size / 1000.0;
        }

        Row allocated = new(Work, body is null ? "allocated" : "allocated (floor: the body)", "kB", bytes, Allocated) { IsAllocation = true };
        return Time is null ? [allocated] :
        [
            new(Work, "time", "µs", sides.Zip(samples).ToDictionary(static x => x.First, static x => x.Second.Microseconds), Time)
            {
                Ratios = sides.Zip(samples[ours].Ratios).ToDictionary(static x => x.First, static x => x.Second),
                Spread = ordered.Length > 1 ? (ordered[0][ours].Ratio(sides, against), ordered[^1][ours].Ratio(sides, against)) : null,
            },
            allocated,
        ];
    }
}
