using System.Globalization;

namespace Connectors.Grok.Faults.Tests.Fuzz;

public class FuzzTests
{
    [Fact]
    public async Task Nothing_but_answers_that_the_bytes_hold_and_the_documented_exceptions_comes_out()
    {
        var count = int.Parse(Environment.GetEnvironmentVariable("GROK_FUZZ_COUNT") ?? $"{FuzzCommand.DefaultCount}", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("GROK_FUZZ_SEED") ?? $"{FuzzCommand.DefaultSeed}", CultureInfo.InvariantCulture);
        var run = new FuzzRun(count, seed);
        await run.RunAsync();
        Assert.True(run.Failed == 0, string.Join('\n', run.Failures.Prepend($"{run.Failed} of {count} cases")));
        // A run in which nothing gets through, or nothing is refused, tests nothing.
        Assert.InRange(run.Outcomes.Single(static o => o.Word == "answer").Count, count / 10, count * 9 / 10);
        Assert.Contains(run.Outcomes, static o => o.Word == nameof(OperationCanceledException));
    }
}
