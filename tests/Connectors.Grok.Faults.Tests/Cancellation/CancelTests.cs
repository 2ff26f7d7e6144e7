namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Runs alone, because an unobserved exception does not show which test caused it.</summary>
[Collection(nameof(Alone))]
public class CancelTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Ten_thousand_cancellations_are_all_observed_without_leaks()
    {
        var result = await CancelRun.RunAsync(CancelRun.DefaultCount, seed: 1, output.WriteLine);
        Assert.True(result.Wrong.IsEmpty, string.Join('\n', result.Wrong.Take(10)));
        Assert.Equal(CancelRun.DefaultCount, result.Count);
    }
}
