using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>The limit of each count is that of imported turns.</summary>
public class UsageMapperTests
{
    private const long Most = 1_000_000_000_000_000;

    /// <summary>Input, cached, output and total tokens of the service; the expected input and total.</summary>
    [Theory]
    [InlineData(10L, 4L, 5L, 15L, 10L, 15L)]
    [InlineData(10L, 4L, 5L, 20L, 10L, 20L)]
    [InlineData(10L, null, 5L, null, 10L, 15L)]
    [InlineData(10L, 10L, 5L, 15L, 10L, 15L)]
    [InlineData(10L, 11L, 5L, 15L, 21L, 26L)]
    [InlineData(null, null, 5L, null, null, null)]
    public void Total_tokens_are_the_services_when_its_numbers_are_consistent(long? input, long? cached, long? output, long? total, long? allInput, long? all)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, OutputTokens = output, TotalTokens = total })!;
        Assert.Equal((allInput, cached, output, all), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
        Assert.Null(usage.AdditionalCounts);
    }

    /// <summary>A model, the input, the input of the last round, the cached tokens; and what the cache saved.</summary>
    [Theory]
    [InlineData("grok-4.7", 1_000L, null, 512L, 512 * 15_000L)]
    [InlineData("grok-4.7", 200_000L, null, 512L, 512 * 30_000L)]
    [InlineData("grok-4.7", 400_000L, 150_000L, 512L, 512 * 15_000L)]
    [InlineData("grok-4.5", 1_000L, null, 1_000L, 1_000 * 17_000L)]
    [InlineData("grok-4.7", 1_000L, null, 0L, 0L)]
    [InlineData("other", 1_000L, null, 0L, 0L)]
    [InlineData("other", 1_000L, null, 512L, null)]
    [InlineData("grok-4.7", 1_000L, null, null, null)]
    [InlineData(null, 1_000L, null, 512L, null)]
    [InlineData("grok-4.7", Most, null, Most, Most)]
    public void Savings_are_the_cached_tokens_times_the_difference_of_the_prices(string? model, long input, long? last, long? cached, long? savings)
    {
        var usage = new ResponseUsage { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, ContextDetails = last is null ? null : new() { InputTokens = last } };
        var details = UsageMapper.ToUsage(usage, ModelProfile.Find(model, Some.Settings()))!;
        Assert.Equal(savings, UsageMapper.SavingsOf(details));
        Assert.Equal(savings / 10_000_000_000m, details.GetCacheSavingsInUsd());
    }

    [Fact]
    public void Savings_are_zero_where_the_cache_has_no_price_of_its_own_and_null_without_usage_or_settings()
    {
        var model = new GrokModelProfile("m") { Prices = new(10, 10, 20) };
        Assert.Equal(0, UsageMapper.SavingsOf(UsageMapper.ToUsage(new ResponseUsage { InputTokens = 10, InputTokensDetails = new() { CachedTokens = 5 } }, model)));
        Assert.Null(UsageMapper.SavingsOf(null));
        Assert.Null(ModelProfile.Find("grok-4.7", null));
    }

    /// <summary>Input, cached, output and total tokens of the service; input, cached, output and total of the answer.</summary>
    [Theory]
    [InlineData(long.MaxValue, null, long.MaxValue, null, Most, null, Most, Most)]
    [InlineData(long.MaxValue, long.MaxValue, 5L, long.MaxValue, Most, Most, 5L, Most)]
    [InlineData(10L, long.MaxValue, long.MaxValue, 15L, Most, Most, Most, Most)]
    [InlineData(Most - 1, null, 5L, null, Most - 1, null, 5L, Most)]
    [InlineData(-10L, null, 5L, 15L, null, null, 5L, 15L)]
    [InlineData(10L, -4L, -5L, -15L, 10L, null, null, null)]
    [InlineData(long.MinValue, long.MinValue, long.MinValue, long.MinValue, null, null, null, null)]
    public void Counts_that_no_answer_has_are_limited_or_left_out(long? input, long? cached, long? output, long? total, long? allInput, long? allCached, long? allOutput, long? all)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage { InputTokens = input, InputTokensDetails = new() { CachedTokens = cached }, OutputTokens = output, TotalTokens = total, OutputTokensDetails = new() { ReasoningTokens = output } })!;
        Assert.Equal((allInput, allCached, allOutput, all), (usage.InputTokenCount, usage.CachedInputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
        Assert.Equal(allOutput, usage.ReasoningTokenCount);
    }

    [Theory]
    [InlineData(long.MaxValue, Most)]
    [InlineData(7L, 7L)]
    [InlineData(-7L, null)]
    public void Costs_and_calls_that_no_answer_has_are_limited_or_left_out(long count, long? counted)
    {
        var usage = UsageMapper.ToUsage(new ResponseUsage
        {
            CostInUsdTicks = count,
            NumSourcesUsed = count,
            NumServerSideToolsUsed = count,
            ServerSideToolUsageDetails = new()
            {
                XSearchCalls = count,
                AdditionalMembers = new Dictionary<string, JsonElement> { ["future_calls"] = JsonDocument.Parse(count.ToString(System.Globalization.CultureInfo.InvariantCulture)).RootElement },
            },
        })!;
        foreach (var key in (string[])[GrokKeys.Usage.CostInUsdTicks, GrokKeys.Usage.SourcesUsed, GrokKeys.Usage.ServerSideToolsUsed, "x_search_calls", "future_calls"])
        {
            Assert.Equal(counted, usage.AdditionalCounts?.TryGetValue(key, out var value) == true ? value : null);
        }
    }

    [Fact]
    public void All_nine_counters_of_hosted_tools_and_new_ones_are_counted()
    {
        const string Details = """{"web_search_calls":1,"x_search_calls":2,"x_posts_fetched":3,"x_users_fetched":4,"code_interpreter_calls":5,"file_search_calls":6,"mcp_calls":7,"document_search_calls":8,"image_generation_calls":9,"future_calls":10,"odd":"x"}""";
        var usage = JsonSerializer.Deserialize($$"""{"server_side_tool_usage_details":{{Details}}}""", WireJson.Context.ResponseUsage)!;
        Assert.Equal((1, 9), (usage.ServerSideToolUsageDetails!.WebSearchCalls, usage.ServerSideToolUsageDetails.ImageGenerationCalls));
        Assert.Equal(
            "web_search_calls=1 x_search_calls=2 x_posts_fetched=3 x_users_fetched=4 code_interpreter_calls=5 file_search_calls=6 mcp_calls=7 document_search_calls=8 image_generation_calls=9 future_calls=10",
            string.Join(' ', UsageMapper.ToUsage(usage)!.AdditionalCounts!.Select(static c => $"{c.Key}={c.Value}")));
        Assert.Null(UsageMapper.ToUsage(JsonSerializer.Deserialize("""{"server_side_tool_usage_details":"none"}""", WireJson.Context.ResponseUsage))!.AdditionalCounts);
    }

    [Fact]
    public void Usages_of_many_answers_can_be_added()
    {
        var sum = new UsageDetails();
        for (var i = 0; i < 1000; i++)
        {
            sum.Add(UsageMapper.ToUsage(new ResponseUsage { InputTokens = long.MaxValue, OutputTokens = long.MaxValue, CostInUsdTicks = long.MaxValue, TotalTokens = long.MaxValue })!);
        }

        Assert.Equal((1000 * Most, 1000 * Most, 1000 * Most), (sum.InputTokenCount, sum.TotalTokenCount, sum.AdditionalCounts![GrokKeys.Usage.CostInUsdTicks]));
    }
}
