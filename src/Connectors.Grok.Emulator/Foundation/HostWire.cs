namespace Connectors.Grok.Emulator.Foundation;

/// <summary>How the answers of a host differ from those of xAI. The defaults are xAI's.</summary>
internal sealed record HostWire
{
    public static HostWire Xai { get; } = new();

    /// <summary>The path of the base address that clients use.</summary>
    public string BasePath { get; init; } = "/v1";

    public string RequestIdHeader { get; init; } = "x-request-id";

    /// <summary>Whether answers have <c>x-ratelimit-*</c> headers.</summary>
    public bool HasRateLimits { get; init; } = true;

    public CostForm Cost { get; init; }

    public bool HasServiceTier { get; init; } = true;

    /// <summary>Whether response objects repeat <c>store</c>.</summary>
    public bool EchoesStore { get; init; } = true;

    /// <summary>Whether response objects have <c>content_filters</c>.</summary>
    public bool HasContentFilters { get; init; }

    /// <summary>The <c>usage.extra_properties.google.traffic_type</c>; null for none.</summary>
    public string? TrafficType { get; init; }

    /// <summary>The names of events that the host calls differently.</summary>
    public IReadOnlyDictionary<string, string> EventNames { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether streams end with <c>[DONE]</c>.</summary>
    public bool EndsWithDone { get; init; }
}

/// <summary>How the usage states the cost of a response.</summary>
internal enum CostForm
{
    /// <summary>In ticks of 1e-10 USD, as <c>cost_in_usd_ticks</c>.</summary>
    Ticks,
    None,

    /// <summary>In USD, as <c>cost</c>.</summary>
    Usd,
}
