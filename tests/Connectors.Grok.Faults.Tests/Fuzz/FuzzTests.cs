using System.Globalization;

namespace Connectors.Grok.Faults.Tests.Fuzz;

public class FuzzTests
{
    [Fact]
    public async Task Fuzzed_answers_yield_only_their_own_content_or_documented_exceptions()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("GROK_FUZZ_COUNT") ?? $"{FuzzCommand.ShortCount}", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("GROK_FUZZ_SEED") ?? $"{FuzzCommand.DefaultSeed}", CultureInfo.InvariantCulture);
        var run = new FuzzRun(count, seed);
        await run.RunAsync();
        Assert.True(run.Failed == 0, string.Join('\n', run.Failures.Prepend($"{run.Failed} of {count} cases")));
        // A run without answers, or without failures, tests nothing.
        Assert.InRange(run.Outcomes.Single(static o => o.Word == "answer").Count, count / 10, count * 9 / 10);
        Assert.Contains(run.Outcomes, static o => o.Word == nameof(OperationCanceledException));
    }
}
