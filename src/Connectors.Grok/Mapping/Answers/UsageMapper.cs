using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Usage of the wire → <see cref="UsageDetails"/>. What Microsoft.Extensions.AI does not support goes to the additional counts, which can be summed.</summary>
internal static class UsageMapper
{
    /// <summary>More than any answer can have. Larger counts are reported as this one, so that sums over many answers, which others make, do not overflow.</summary>
    private const long Most = 1_000_000_000_000_000;

    /// <summary>Maps the usage of an answer.</summary>
    /// <param name="usage">The usage; null for none.</param>
    /// <param name="headers">The headers of the answer, in which some gateways report the cost.</param>
    public static UsageDetails? ToUsage(ResponseUsage? usage, ResponseHeaders? headers = null)
    {
        if (usage is null)
        {
            return null;
        }

        var (input, output, total) = (Count(usage.InputTokens), Count(usage.OutputTokens), Count(usage.TotalTokens));
        var cached = Count(usage.InputTokensDetails?.CachedTokens);
        // Seen in the wild: more cached than input tokens. Then the input is what was not cached.
        var isBeside = cached > input;
        var whole = isBeside ? Count(input + cached) : input;
        return new UsageDetails
        {
            InputTokenCount = whole,
            OutputTokenCount = output,
            TotalTokenCount = isBeside ? Count(whole + output) : total ?? Count(input + output),
            CachedInputTokenCount = cached,
            ReasoningTokenCount = Count(usage.OutputTokensDetails?.ReasoningTokens),
            AdditionalCounts = Counts(usage, headers),
        };
    }

    /// <summary>Reads <c>cost</c>, which some gateways report in dollars. With the caller's own key at the provider it is the gateway's fee alone, and the details hold the provider's price.</summary>
    private static decimal? CostInUsd(Dictionary<string, JsonElement>? members)
    {
        if (members is null || Dollars("cost", members) is not { } cost)
        {
            return null;
        }

        var isFeeAlone = members.TryGetValue("is_byok", out var own) && own.ValueKind == JsonValueKind.True;
        return isFeeAlone && members.TryGetValue("cost_details", out var details) && details.ValueKind == JsonValueKind.Object
            && details.TryGetProperty("upstream_inference_cost", out var upstream) && upstream.ValueKind == JsonValueKind.Number && upstream.TryGetDecimal(out var price) ? cost + price : cost;

        static decimal? Dollars(string name, Dictionary<string, JsonElement> members) =>
            members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var dollars) ? dollars : null;
    }

    /// <summary>The count, or null where the service reports none or a negative one.</summary>
    private static long? Count(long? count) => count is null or < 0 ? null : Math.Min(count.Value, Most);

    private static AdditionalPropertiesDictionary<long>? Counts(ResponseUsage usage, ResponseHeaders? headers)
    {
        var counts = new AdditionalPropertiesDictionary<long>();
        // The service fills in 0 where it does not know the price; an answer that took tokens was not free.
        if (Count(usage.CostInUsdTicks) is { } ticks && (ticks > 0 || usage.TotalTokens is null or 0))
        {
            counts[GrokKeys.Usage.CostInUsdTicks] = ticks;
        }
        else if ((CostInUsd(usage.Members) ?? headers?.CostInUsd) is { } cost and >= 0)
        {
            counts[GrokKeys.Usage.CostInUsdTicks] = (long)Math.Min(Most, decimal.Round(Math.Min(cost, 1_000_000m) * 10_000_000_000m));
        }

        Add(GrokKeys.Usage.SourcesUsed, usage.NumSourcesUsed);
        Add(GrokKeys.Usage.ServerSideToolsUsed, usage.NumServerSideToolsUsed);
        if (usage.ServerSideToolUsageDetails is { } tools)
        {
            Add("web_search_calls", tools.WebSearchCalls);
            Add("x_search_calls", tools.XSearchCalls);
            Add("x_posts_fetched", tools.XPostsFetched);
            Add("x_users_fetched", tools.XUsersFetched);
            Add("code_interpreter_calls", tools.CodeInterpreterCalls);
            Add("file_search_calls", tools.FileSearchCalls);
            Add("mcp_calls", tools.McpCalls);
            Add("document_search_calls", tools.DocumentSearchCalls);
            Add("image_generation_calls", tools.ImageGenerationCalls);
            foreach (var (tool, calls) in tools.Members ?? [])
            {
                Add(tool, calls.ValueKind == JsonValueKind.Number && calls.TryGetInt64(out var count) ? count : null);
            }
        }

        return counts.Count > 0 ? counts : null;

        void Add(string name, long? count)
        {
            if (Count(count) is > 0 and var known)
            {
                counts[name] = known;
            }
        }
    }
}
