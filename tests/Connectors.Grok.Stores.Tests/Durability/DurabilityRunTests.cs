namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The check itself: it notices every wrong answer.</summary>
public sealed class DurabilityRunTests
{
    [Theory]
    [InlineData(WrongAnswer.NoConversation)]
    [InlineData(WrongAnswer.NoPath)]
    [InlineData(WrongAnswer.Gap)]
    [InlineData(WrongAnswer.NoTree)]
    [InlineData(WrongAnswer.NoUsage)]
    [InlineData(WrongAnswer.EmptyList)]
    [InlineData(WrongAnswer.OtherBytes)]
    [InlineData(WrongAnswer.OtherException)]
    public async Task Wrong_answer_during_a_fault_is_counted(WrongAnswer kind)
    {
        var result = await RunAsync(kind);
        Assert.True(result.Wrong > 0, $"{result}");
        Assert.False(result.IsKept);
        Assert.Equal(result.Acknowledged, result.Found);
    }

    [Fact]
    public async Task Lost_turn_is_counted_as_lost_and_not_as_a_wrong_answer()
    {
        var result = await RunAsync(WrongAnswer.NotStored);
        Assert.True(result.Found < result.Acknowledged, $"{result}");
        Assert.Equal(0, result.Wrong);
        Assert.False(result.IsKept);
    }

    [Fact]
    public async Task Exception_of_the_store_is_no_wrong_answer()
    {
        var result = await RunAsync(WrongAnswer.Refusal);
        Assert.True(result is { IsKept: true, Refused: > 0, Strikes: 1 }, $"{result}\n{string.Join('\n', result.Texts)}");
    }

    private static async Task<DurabilityResult> RunAsync(WrongAnswer kind)
    {
        await using var scenario = new FaultyStoreScenario(kind);
        return await DurabilityRun.RunAsync(scenario, TimeSpan.Zero);
    }
}
