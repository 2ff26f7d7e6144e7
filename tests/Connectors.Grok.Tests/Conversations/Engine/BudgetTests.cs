using System.Globalization;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

public class BudgetTests : ScriptedConversationTest
{
    private const long Dollar = 10_000_000_000;

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(0.9999999999, 1, false)]
    [InlineData(0, 1, false)]
    [InlineData(0, 0, true)]
    [InlineData(1, 0, true)]
    public async Task Nonzero_cost_that_reached_the_budget_stops_the_next_turn(double budget, int cost, bool goesOn)
    {
        var inner = new ScriptedClient(Costs(cost * Dollar), Costs(0, "r2"));
        var client = Over(inner, o => o.Budget = (decimal)budget);
        await Say(client, "One.");
        if (goesOn)
        {
            await Say(client, "Two.");
            return;
        }

        var e = await Assert.ThrowsAsync<ConversationBudgetException>(() => Say(client, "Two."));
        Assert.Equal((cost, (decimal)budget), (e.Cost, e.Budget));
        Assert.Equal($"The conversation 'ticket-4711' has cost $1 and may cost ${(decimal)budget}: nothing was sent.", e.Message);
        Assert.Single(inner.Sent);
    }

    [Fact]
    public async Task Total_cost_includes_abandoned_branches()
    {
        var client = Over(new ScriptedClient(Costs(10), Costs(200, "r2"), Costs(3000, "r3"), Costs(40000, "r4")));
        await Say(client, "One.");
        await Say(client, "Two.");

        // From the beginning, and the head's price counts; from the dearer turn while the name stands at the beginning, and that turn's does.
        await Say(client, "One?", new ChatOptions().WithParentTurn(null));
        var third = Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
        Assert.Equal((3000, 3210), (third.CostInUsdTicks, third.TotalCostInUsdTicks));
        await client.Conversations.RewindAsync(Ticket);
        await Say(client, "Two?", new ChatOptions().WithParentTurn(third.Id));
        var fourth = (await client.Conversations.GetTurnsAsync(Ticket))[^1];
        Assert.Equal((1, 40000, 43210), (fourth.Depth, fourth.CostInUsdTicks, fourth.TotalCostInUsdTicks));
    }

    private static Func<ChatResponseUpdate[]> Costs(long ticks, string id = "r1") => Answers(
        [new TextContent("Yes."), new UsageContent(new UsageDetails { InputTokenCount = 1, OutputTokenCount = 2, AdditionalCounts = new() { [GrokKeys.Usage.CostInUsdTicks] = ticks } })], id);

    [Fact]
    public void ConversationBudgetException_formats_amounts_independently_of_the_culture()
    {
        var before = CultureInfo.CurrentCulture;
        var other = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        other.NumberFormat.NumberDecimalSeparator = ",";
        CultureInfo.CurrentCulture = other;
        try
        {
            Assert.Equal("The conversation 'x' has cost $0.25 and may cost $0.2: nothing was sent.", new ConversationBudgetException("x", 0.25m, 0.2m).Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
