using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>Words for what travels in <c>AdditionalProperties</c> under the <see cref="GrokKeys"/>.</summary>
public static class GrokContentExtensions
{
    /// <summary>Says how closely the model shall look at an image.</summary>
    /// <typeparam name="T">The content's type.</typeparam>
    /// <param name="image">A <see cref="DataContent"/> or <see cref="UriContent"/> with an image; changed and returned.</param>
    /// <param name="detail"><c>auto</c> (the service's default), <c>low</c> (cheap) or <c>high</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="detail"/> is none of the three.</exception>
    public static T WithImageDetail<T>(this T image, string detail)
        where T : AIContent
    {
        ArgumentNullException.ThrowIfNull(image);
        if (detail is not ("auto" or "low" or "high"))
        {
            throw new ArgumentException("An image's detail is auto, low or high.", nameof(detail));
        }

        (image.AdditionalProperties ??= [])[GrokKeys.ImageDetail] = detail;
        return image;
    }

    /// <summary>The id of the reasoning item that a content came from, or null.</summary>
    /// <param name="reasoning">The content.</param>
    public static string? GetReasoningItemId(this TextReasoningContent reasoning)
    {
        ArgumentNullException.ThrowIfNull(reasoning);
        return reasoning.AdditionalProperties.GetText(GrokKeys.ReasoningItemId);
    }

    /// <summary>What the call cost, tool fees and cache discounts included.</summary>
    /// <param name="usage">The usage of a response, or a sum of such.</param>
    /// <returns>US dollars, or null when the service did not say.</returns>
    public static decimal? GetCostInUsd(this UsageDetails usage)
    {
        ArgumentNullException.ThrowIfNull(usage);
        return usage.AdditionalCounts is { } counts && counts.TryGetValue(GrokKeys.CostInUsdTicks, out var ticks) ? ticks / 10_000_000_000m : null;
    }

    /// <summary>Decides for one request whether the service stores it; without, the client's <see cref="GrokChatClientOptions.Store"/> decides.</summary>
    /// <param name="options">The options; changed and returned.</param>
    /// <param name="store">Whether to store. False is not possible together with a <c>ConversationId</c>.</param>
    public static ChatOptions WithStore(this ChatOptions options, bool store)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[GrokKeys.Store] = store;
        return options;
    }
}
