using System.Text.Json;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
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
