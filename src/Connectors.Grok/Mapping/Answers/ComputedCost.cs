using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Computes the cost of an answer from the prices of the options, where the service reports none.</summary>
internal static class ComputedCost
{
    /// <param name="usage">The usage of the answer; null for none.</param>
    /// <param name="requested">The model that was requested.</param>
    /// <param name="answered">The model that answered.</param>
    /// <param name="settings">The client's settings.</param>
    public static void Add(UsageDetails? usage, string? requested, string? answered, GrokSettings settings)
    {
        if (usage is null || settings.Hosting.Prices.Count == 0 || usage.AdditionalCounts?.ContainsKey(GrokKeys.Usage.CostInUsdTicks) == true)
        {
            return;
        }

        if ((Of(requested) ?? Of(answered)) is { } prices)
        {
            usage.AdditionalCounts ??= [];
            usage.AdditionalCounts[GrokKeys.Usage.CostInUsdTicks] = prices.CostInTicks(usage.InputTokenCount ?? 0, usage.CachedInputTokenCount ?? 0, usage.OutputTokenCount ?? 0);
        }

        GrokModelPrices? Of(string? model) => model is null ? null : ModelProfile.OwnPrices(model, settings);
    }
}
