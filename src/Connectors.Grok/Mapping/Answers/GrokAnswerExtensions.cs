using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Answers;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>
/// Reads metadata of an answer that Microsoft.Extensions.AI has no member for. It is stored on the answer's message under <see cref="GrokKeys.Answer"/>,
/// in a stream on its terminal update, and survives JSON. When an answer took several requests, as in a function loop, the last one counts; cost is the sum.
/// </summary>
public static class GrokAnswerExtensions
{
    /// <summary>Gets the service's id of the request, for its support.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The id, or null when the service did not send it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static string? GetRequestId(this ChatResponse response) => response.LastText(GrokKeys.Answer.RequestId);

    /// <inheritdoc cref="GetRequestId(ChatResponse)"/>
    public static string? GetRequestId(this ChatMessage response) => response.PropertiesOf().GetText(GrokKeys.Answer.RequestId);

    /// <inheritdoc cref="GetRequestId(ChatResponse)"/>
    public static string? GetRequestId(this ChatResponseUpdate response) => response.PropertiesOf().GetText(GrokKeys.Answer.RequestId);

    /// <summary>Gets the service tier that was used.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The tier, such as <c>default</c> or <c>priority</c>; or null when the service did not send it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static string? GetServiceTier(this ChatResponse response) => response.LastText(GrokKeys.Answer.ServiceTier);

    /// <inheritdoc cref="GetServiceTier(ChatResponse)"/>
    public static string? GetServiceTier(this ChatMessage response) => response.PropertiesOf().GetText(GrokKeys.Answer.ServiceTier);

    /// <inheritdoc cref="GetServiceTier(ChatResponse)"/>
    public static string? GetServiceTier(this ChatResponseUpdate response) => response.PropertiesOf().GetText(GrokKeys.Answer.ServiceTier);

    /// <summary>Gets the remaining rate limits of the team.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The limits, or null when the service sent none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static GrokRateLimit? GetRateLimit(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Messages.Reverse().Select(static m => Limit(m.AdditionalProperties)).FirstOrDefault(static l => l is not null);
    }

    /// <inheritdoc cref="GetRateLimit(ChatResponse)"/>
    public static GrokRateLimit? GetRateLimit(this ChatMessage response) => Limit(response.PropertiesOf());

    /// <inheritdoc cref="GetRateLimit(ChatResponse)"/>
    public static GrokRateLimit? GetRateLimit(this ChatResponseUpdate response) => Limit(response.PropertiesOf());

    /// <summary>Gets the cost of the answer, including tool fees and cache discounts.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>US dollars, or null when the service did not send it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is null.</exception>
    public static decimal? GetCostInUsd(this ChatResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Usage?.GetCostInUsd();
    }

    /// <inheritdoc cref="GetCostInUsd(ChatResponse)"/>
    public static decimal? GetCostInUsd(this ChatResponseUpdate response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return response.Contents.OfType<UsageContent>().LastOrDefault()?.Details.GetCostInUsd();
    }

    /// <summary>Gets the cost of a usage, including tool fees and cache discounts.</summary>
    /// <param name="usage">The usage of an answer, or a sum of usages.</param>
    /// <returns>US dollars, or null when the service did not send it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="usage"/> is null.</exception>
    public static decimal? GetCostInUsd(this UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return usage.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.CostInUsdTicks, out var ticks) ? ticks / 10_000_000_000m : null;
    }

    /// <summary>Gets the share of the input tokens that the service read from its prompt cache, at the lower price.</summary>
    /// <param name="usage">The usage of an answer, or a sum of usages.</param>
    /// <returns>0 to 1, or null when the service did not send the counts or there was no input.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="usage"/> is null.</exception>
    public static double? GetCachedShare(this UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return usage is { InputTokenCount: > 0 and var input, CachedInputTokenCount: { } cached } ? Math.Clamp((double)cached / input, 0, 1) : null;
    }

    /// <summary>
    /// Gets what the prompt cache saved: the cached tokens, times the difference between the list prices of the model for input and cached input. The tier
    /// <c>priority</c> and hosts with other prices are not considered.
    /// </summary>
    /// <param name="usage">The usage of an answer, or a sum of usages.</param>
    /// <returns>US dollars; 0 when nothing was read from the cache; null when the price of the model is unknown or the service did not send the count.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="usage"/> is null.</exception>
    public static decimal? GetCacheSavingsInUsd(this UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return UsageMapper.SavingsOf(usage) / 10_000_000_000m;
    }

    /// <summary>Gets the number of calls of hosted tools.</summary>
    /// <param name="usage">The usage of an answer, or a sum of usages.</param>
    /// <returns>The number; 0 when the service did not send it.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="usage"/> is null.</exception>
    public static long GetServerSideToolsUsed(this UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return usage.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.Usage.ServerSideToolsUsed, out var count) ? count : 0;
    }

    private static GrokRateLimit? Limit(AdditionalPropertiesDictionary? properties) =>
        (properties.GetLong(GrokKeys.Answer.RemainingRequests), properties.GetLong(GrokKeys.Answer.RemainingTokens)) is var (requests, tokens) && (requests ?? tokens) is not null
            ? new GrokRateLimit(requests, tokens)
            : null;
}
