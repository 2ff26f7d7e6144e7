using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>OpenRouter: <c>/api/v1</c>, no stored responses at all, <c>x-ai/</c> names, a cost in USD, errors with an <c>error_type</c>.</summary>
public sealed class OpenRouterHost : GrokHost
{
    /// <summary>Whether assistant messages of the input need an <c>id</c> and a <c>status</c>, as the guide says.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RequiresAssistantIds { get; set; }

    /// <summary>Whether events have the names of the guide: <c>response.content_part.delta</c>, <c>response.reasoning.delta</c>, <c>response.done</c>.</summary>
    /// <value><see langword="false"/> by default: they have the names of the host's own client.</value>
    public bool UsesGuideEventNames { get; set; }

    /// <summary>Whether response objects repeat <c>store</c>. No source says so.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool EchoesStore { get; set; }

    /// <summary>Whether a missing or wrong key is reported by a failed response of status 200 instead of a 401.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool FailsWith200 { get; set; }

    internal override HostWire Wire => new()
    {
        BasePath = "/api/v1",
        RequestIdHeader = "x-generation-id",
        HasRateLimits = false,
        Cost = CostForm.Usd,
        HasServiceTier = false,
        EchoesStore = EchoesStore,
        EndsWithDone = true,
        EventNames = UsesGuideEventNames
            ? new Dictionary<string, string>
            {
                ["response.output_text.delta"] = "response.content_part.delta",
                ["response.reasoning_summary_text.delta"] = "response.reasoning.delta",
                ["response.completed"] = "response.done",
            }
            : HostWire.Xai.EventNames,
    };

    private protected override IReadOnlyDictionary<string, Action<string>> Settings => new Dictionary<string, Action<string>>(StringComparer.OrdinalIgnoreCase)
    {
        ["require-assistant-ids"] = value => RequiresAssistantIds = bool.Parse(value),
        ["guide-event-names"] = value => UsesGuideEventNames = bool.Parse(value),
        ["echo-store"] = value => EchoesStore = bool.Parse(value),
        ["fail-with-200"] = value => FailsWith200 = bool.Parse(value),
    };
}
