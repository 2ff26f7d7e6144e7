namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Beside no other test: an exception that nobody observed says not whose it was.</summary>
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
