using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>Compactions become a message that holds the summary, with its tokens and its price.</summary>
public class CompactionMapperTests
{
    private static readonly CompactionItem Summary = new() { Id = "cmp_1", EncryptedContent = "blob" };

    [Fact]
    public void Summary_is_priced_by_the_models_prices()
    {
        var model = new GrokModelProfile("grok-4.7") { Prices = new(20_000, 5_000, 60_000), LongContextPrices = new(40_000, 10_000, 120_000), LongContextThreshold = 200_000 };
        var answer = CompactionMapper.ToResponse(Result(input: 1000, cached: 400, output: 10), model);
        Assert.Equal((600 * 20_000) + (400 * 5_000) + (10 * 60_000), answer.Usage!.AdditionalCounts![GrokKeys.Usage.CostInUsdTicks]);
        Assert.Equal(("grok-4.7", 1010), (answer.ModelId, answer.Usage.TotalTokenCount));
        var longer = CompactionMapper.ToResponse(Result(input: 200_000, cached: 0, output: 10), model);
        Assert.Equal((200_000L * 40_000) + (10 * 120_000), longer.Usage!.AdditionalCounts![GrokKeys.Usage.CostInUsdTicks]);
        Assert.Equal("blob", Assert.IsType<CompactionItem>(Assert.Single(answer.Messages[0].Contents).RawRepresentation).EncryptedContent);
    }

    [Fact]
    public void Unknown_prices_and_missing_tokens_are_none()
    {
        Assert.Null(CompactionMapper.ToResponse(Result(1, 0, 1), new("other")).Usage!.AdditionalCounts);
        Assert.Null(CompactionMapper.ToResponse(new() { Output = [Summary] }, new("other")).Usage);
    }

    [Fact]
    public void Result_without_a_summary_is_a_failure_of_the_service()
    {
        foreach (var output in (IReadOnlyList<ResponseItem>?[])[null, [], [Summary with { EncryptedContent = "" }], [new MessageItem()]])
        {
            Assert.Equal(GrokErrorKind.Server, Assert.Throws<GrokException>(() => CompactionMapper.ToResponse(new() { Output = output }, new("other"))).Kind);
        }
    }

    private static GrokCompaction Result(long input, long cached, long output) => new()
    {
        Id = "cmp_1",
        Output = [Summary],
        Usage = new() { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, OutputTokens = output },
    };
}
