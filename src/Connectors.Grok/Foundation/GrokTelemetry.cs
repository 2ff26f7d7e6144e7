namespace Connectors.Grok;

/// <summary>The names of the library's activity source and meters. They record ids, numbers and error kinds only: no prompt, no answer, no key.</summary>
/// <remarks>
/// Complements what <c>UseOpenTelemetry</c> of Microsoft.Extensions.AI measures, and duplicates none of its instruments: an application may
/// listen to both without counting anything twice.
/// </remarks>
public static class GrokTelemetry
{
    /// <summary>The <see cref="System.Diagnostics.ActivitySource"/>: one activity <c>grok.call</c> per answer, with its retries as events.</summary>
    public const string ActivitySourceName = "Connectors.Grok";

    /// <summary>
    /// The <see cref="System.Diagnostics.Metrics.Meter"/> of the client: <c>grok.client.retries</c>, <c>grok.client.time_to_first_token</c>,
    /// <c>grok.client.tokens</c>, <c>grok.client.cached_tokens</c>, <c>grok.client.reasoning_tokens</c> and <c>grok.client.cost</c>.
    /// </summary>
    public const string MeterName = "Connectors.Grok";

    /// <summary>The <see cref="System.Diagnostics.Metrics.Meter"/> of the conversations: <c>grok.conversation.rebuilds</c> and <c>grok.conversation.compactions</c>.</summary>
    public const string ConversationsMeterName = "Connectors.Grok.Conversations";

    /// <summary>OpenTelemetry's registered name of the provider, as in <c>gen_ai.provider.name</c>.</summary>
    public const string ProviderName = "x_ai";
}
