using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class PriceWatchTests
{
    private readonly ListLogger _log = new();
    private readonly PriceWatch _watch = new();

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    public void Answer_with_tokens_and_no_cost_is_warned_of_once(int input, int output)
    {
        See(input, output);
        Assert.Contains("carry no cost", Assert.Single(_log.Lines), StringComparison.Ordinal);
        See(input, output);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public void Answer_that_says_nothing_settles_nothing()
    {
        See(0, 0);
        See(null, null);
        _watch.See(new ChatResponse(), Settings(1));
        Assert.Empty(_log.Lines);
        See(1, 1);
        Assert.Single(_log.Lines);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 5)]
    public void Service_that_sent_a_cost_once_is_trusted(int input, int output)
    {
        See(input, output, cost: 7);
        See(5, 5);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public void Without_a_budget_nothing_is_settled()
    {
        _watch.See(Answer(1, 1, null), Settings(null));
        Assert.Empty(_log.Lines);
        See(1, 1);
        Assert.Single(_log.Lines);
    }

    private static ChatResponse Answer(int? input, int? output, long? cost) => new()
    {
        Usage = new() { InputTokenCount = input, OutputTokenCount = output, AdditionalCounts = cost is { } ticks ? new() { [GrokKeys.Usage.CostInUsdTicks] = ticks } : null },
    };

    private void See(int? input, int? output, long? cost = null) => _watch.See(Answer(input, output, cost), Settings(1));

    private ConversationOptions Settings(decimal? budget) => new() { Budget = budget, LoggerFactory = _log };
}
