namespace Connectors.Grok.Benchmarks.Check;

/// <summary>A thousand streams at once: their speed, and what each holds while it is open.</summary>
internal sealed class OpenStreams : IMeasurement
{
    private const int Rounds = 5;

    public string Work => "1,000 concurrent streams of 200 deltas";

    public async Task<IReadOnlyList<Row>> MeasureAsync(bool isClockForgiven)
    {
        await using var group = new ManyStreams();
        var held = (await group.RunGrokAsync()).Held;
        await group.RunFloorAsync();
        var (floor, grok) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            floor.Add(EventsPerMillisecond(await group.RunFloorAsync()));
            grok.Add(EventsPerMillisecond(await group.RunGrokAsync()));
        }

        return
        [
            new(Work, "events", "/ms", new Dictionary<Side, double> { [Side.Floor] = Sampler.Median(floor), [Side.Grok] = Sampler.Median(grok) }, new(0.7) { IsAtLeast = true }),
            new(Work, "held per open stream", "kB", new Dictionary<Side, double> { [Side.Grok] = held / 1000 }, Budget.Of(64)) { IsAllocation = true },
        ];

        static double EventsPerMillisecond(ManyStreamsRun run) => run.Tally.Count / run.Microseconds * 1000;
    }
}
