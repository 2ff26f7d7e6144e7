using System.Text.Json;
using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Usage of the wire → <see cref="UsageDetails"/>. What Microsoft.Extensions.AI does not support goes to the additional counts, which can be summed.</summary>
internal static class UsageMapper
{
    /// <summary>More than any answer can have. Larger counts are reported as this one, so that sums over many answers, which others make, do not overflow.</summary>
    private const long Most = 1_000_000_000_000_000;

    /// <summary>Maps the usage of a response; the prices of its model are looked up only where something was cached.</summary>
    public static UsageDetails? ToUsage(GrokResponse response, CreateResponseRequest request, GrokSettings? settings) =>
        ToUsage(response.Usage, response.Usage?.InputTokensDetails?.CachedTokens > 0 ? ModelProfile.Find(response.Model ?? request.Model, settings) : null, response.Headers);

    /// <summary>Maps a usage.</summary>
    /// <param name="usage">The usage; null for none.</param>
    /// <param name="model">The model that answered, whose prices tell what the prompt cache saved; null when it is unknown.</param>
    /// <param name="headers">The headers of the answer, in which some gateways report the cost.</param>
    public static UsageDetails? ToUsage(ResponseUsage? usage, GrokModelProfile? model = null, ResponseHeaders? headers = null)
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
            AdditionalCounts = Counts(usage, Savings(usage, model, cached ?? 0), headers),
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

    /// <summary>What the prompt cache saved, in ticks; 0 when nothing was cached, null when that or the price is unknown.</summary>
    public static long? SavingsOf(UsageDetails? usage) =>
        usage?.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.CacheSavingsInUsdTicks, out var ticks) ? Math.Max(ticks, 0)
        : usage?.CachedInputTokenCount == 0 ? 0
        : null;

    /// <summary>The last round's prompt tells which prices apply: the input of an answer with hosted tools is the sum of all rounds.</summary>
    private static long? Savings(ResponseUsage usage, GrokModelProfile? model, long cached) =>
        cached > 0 ? model?.PricesOf(usage.ContextDetails?.InputTokens ?? usage.InputTokens ?? 0)?.SavingsInTicks(cached) : null;

    /// <summary>The count, or null where the service reports none or a negative one.</summary>
    private static long? Count(long? count) => count is null or < 0 ? null : Math.Min(count.Value, Most);

    private static AdditionalPropertiesDictionary<long>? Counts(ResponseUsage usage, long? savings, ResponseHeaders? headers)
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

        if (Count(savings) is { } saved)
        {
            counts[GrokKeys.Usage.CacheSavingsInUsdTicks] = saved;
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
