using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Maps wire usage to <see cref="UsageDetails"/>. Numbers without a property become additional counts, which can be summed.</summary>
internal static class UsageMapper
{
    public static UsageDetails? ToUsage(ResponseUsage? usage)
    {
        if (usage is null)
        {
            return null;
        }

        var cached = usage.InputTokensDetails?.CachedTokens;
        // Some responses have more cached than input tokens. Their input count excludes the cached tokens.
        var input = cached > usage.InputTokens ? usage.InputTokens + cached : usage.InputTokens;
        return new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = usage.OutputTokens,
            TotalTokenCount = input == usage.InputTokens ? usage.TotalTokens ?? input + usage.OutputTokens : input + usage.OutputTokens,
            CachedInputTokenCount = cached,
            ReasoningTokenCount = usage.OutputTokensDetails?.ReasoningTokens,
            AdditionalCounts = Counts(usage),
        };
    }

    private static AdditionalPropertiesDictionary<long>? Counts(ResponseUsage usage)
    {
        var counts = new AdditionalPropertiesDictionary<long>();
        // The service sends 0 when it does not know the price; an answer with tokens was not free.
        if (usage.CostInUsdTicks is { } ticks && (ticks > 0 || usage.TotalTokens is null or 0))
        {
            counts[GrokKeys.Usage.CostInUsdTicks] = ticks;
        }

        Add(GrokKeys.Usage.SourcesUsed, usage.NumSourcesUsed);
        Add(GrokKeys.Usage.ServerSideToolsUsed, usage.NumServerSideToolsUsed);
        foreach (var (tool, calls) in usage.ServerSideToolUsageDetails ?? new Dictionary<string, JsonElement>())
        {
            Add(tool, calls.ValueKind == JsonValueKind.Number && calls.TryGetInt64(out var count) ? count : null);
        }

        return counts.Count > 0 ? counts : null;

        void Add(string name, long? count)
        {
            if (count is > 0)
            {
                counts[name] = count.Value;
            }
        }
    }
}
