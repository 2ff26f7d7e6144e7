using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>The cost of answers where the service reports it in dollars, in a header, or not at all.</summary>
public class HostCostTests
{
    private const string Tokens = "\"input_tokens\":1000,\"input_tokens_details\":{\"cached_tokens\":400},\"output_tokens\":100,\"total_tokens\":1100";
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("\"cost\":0.0125", null, "0.0125")]
    [InlineData("\"cost\":0", null, "0")]
    [InlineData("\"cost\":0.001,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":0.0125}", null, "0.0135")]
    [InlineData("\"cost\":0.001,\"is_byok\":true,\"cost_details\":{\"upstream_inference_cost\":null}", null, "0.001")]
    [InlineData("\"cost\":0.001,\"is_byok\":false,\"cost_details\":{\"upstream_inference_cost\":0.0125}", null, "0.001")]
    [InlineData("\"cost\":null", "0.0125", "0.0125")]
    [InlineData("\"cost\":\"much\"", "1.25e-2", "0.0125")]
    [InlineData("\"cost\":-1", null, null)]
    [InlineData("\"cost\":0.5,\"cost_in_usd_ticks\":125000000", null, "0.0125")]
    [InlineData("\"cost\":1e300", null, null)]
    [InlineData("\"x\":1", "much", null)]
    public async Task Cost_in_dollars_is_read(string members, string? header, string? cost)
    {
        var body = Body(members);
        (string, string)[] headers = header is null ? [] : [("x-litellm-response-cost", header)];
        using var client = Some.Client(_handler.Json(body, 200, headers).Json(body, 200, headers));
        foreach (var isStreamed in (bool[])[false, true])
        {
            var answer = await client.Ask(isStreamed, [new(ChatRole.User, "q")]);
            Assert.Equal(cost is null ? null : decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), answer.GetCostInUsd());
        }
    }

    [Theory]
    [InlineData("prod-chat", "0.0020")]
    [InlineData("xai/grok-4.7", "0.0020")]
    [InlineData("grok-4.3", "0.0011")]
    [InlineData("other", null)]
    public async Task Cost_is_computed_from_the_prices_of_the_model_behind_the_name(string model, string? cost)
    {
        var body = Body("\"x\":1").Replace("\"grok-4.7\"", "\"unknown\"", StringComparison.Ordinal);
        using var client = Some.Client(_handler.Json(body).Json(body), static o =>
        {
            o.ModelNames["prod-chat"] = "grok-4.7";
            o.Prices["grok-4.7"] = GrokModelPrices.FromUsdPerMillionTokens(input: 2m, cachedInput: 0.5m, output: 6m);
            o.Prices["grok-4"] = GrokModelPrices.FromUsdPerMillionTokens(1m, 1m, 1m);
        });
        foreach (var isStreamed in (bool[])[false, true])
        {
            var answer = await client.Ask(isStreamed, [new(ChatRole.User, "q")], new() { ModelId = model });
            Assert.Equal(cost is null ? null : decimal.Parse(cost, System.Globalization.CultureInfo.InvariantCulture), answer.GetCostInUsd());
        }
    }

    [Fact]
    public async Task Prices_of_the_options_do_not_replace_the_cost_of_the_service_and_apply_to_the_model_that_answered()
    {
        using var client = Some.Client(
            _handler.Json(Body("\"cost\":0.5")).Json(Body("\"x\":1")).Json(Some.Answer(Some.Message("hi")).Replace("\"usage\"", "\"used\"", StringComparison.Ordinal)),
            static o => o.Prices["grok-4.7"] = GrokModelPrices.FromUsdPerMillionTokens(2m, 0.5m, 6m));
        Assert.Equal(0.5m, (await client.GetResponseAsync("q", cancellationToken: Now)).GetCostInUsd());
        Assert.Equal(0.0020m, (await client.GetResponseAsync("q", new() { ModelId = "deployment" }, Now)).GetCostInUsd());
        Assert.Null((await client.GetResponseAsync("q", cancellationToken: Now)).GetCostInUsd());
        var profile = client.GetService<GrokResponsesClient>()!.GetModelProfile("xai/grok-4.7");
        Assert.Equal((new GrokModelPrices(20_000, 5_000, 60_000), profile.Prices), (profile.Prices, profile.LongContextPrices));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Budget_over_a_service_without_prices_warns_once(bool isStreamed)
    {
        using var client = Over(new() { Budget = 1m, LoggerFactory = _log });
        for (var i = 0; i < 3; i++)
        {
            _handler.Json(Body("\"x\":1"));
            await client.Ask(isStreamed, [new(ChatRole.User, "q")], new() { ConversationId = "ticket" });
        }

        Assert.Single(_log.Lines, static l => l.Contains("the Budget of conversations is never reached", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Budget_over_a_service_without_prices_ends_the_conversation_when_it_needs_one()
    {
        using var client = Over(new() { Budget = 1m, BudgetNeedsPrice = true });
        _handler.Json(Body("\"x\":1"));
        await client.GetResponseAsync("q", new() { ConversationId = "ticket" }, Now);
        var e = await Assert.ThrowsAsync<ConversationBudgetException>(() => client.GetResponseAsync("q", new() { ConversationId = "ticket" }, Now));
        Assert.Equal("The conversation 'ticket' may cost $1, but its answers carry no cost: nothing was sent. Set GrokChatClientOptions.Prices, or ConversationOptions.BudgetNeedsPrice to false.", e.Message);
        Assert.Equal((0m, 1m), (e.Cost, e.Budget));
        Assert.Single(_handler.Requests);
    }

    [Fact]
    public async Task Budget_with_prices_warns_nobody_and_ends_when_it_is_spent()
    {
        using var client = Over(new() { Budget = 0.003m, BudgetNeedsPrice = true, LoggerFactory = _log }, static o => o.Prices["grok-4.7"] = GrokModelPrices.FromUsdPerMillionTokens(2m, 0.5m, 6m));
        _handler.Json(Body("\"x\":1")).Json(Body("\"x\":1"));
        await client.GetResponseAsync("q", new() { ConversationId = "ticket" }, Now);
        await client.GetResponseAsync("q", new() { ConversationId = "ticket" }, Now);
        Assert.Equal(0.004m, (await Assert.ThrowsAsync<ConversationBudgetException>(() => client.GetResponseAsync("q", new() { ConversationId = "ticket" }, Now))).Cost);
        Assert.DoesNotContain(_log.Lines, static l => l.Contains("Budget", StringComparison.Ordinal));
    }

    private static string Body(string members) => $$"""{"id":"{{Some.Id}}","model":"grok-4.7","output":[{{Some.Message("hi")}}],"status":"completed","store":true,"usage":{ {{Tokens}},{{members}} } }""";

    private ConversationChatClient Over(ConversationOptions options, Action<GrokChatClientOptions>? configure = null) =>
        Some.Client(_handler, configure).AsConversationClient(new InMemoryConversationStore(), options);
}
