using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.Turns;

/// <summary>A request and its reply, with the data of the response object.</summary>
internal sealed record Turn
{
    public required string Id { get; init; }

    public required CreateRequest Request { get; init; }

    public required Reply Reply { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>The id of the model, even when the request names an alias.</summary>
    public required string Model { get; init; }

    /// <summary>The name of the model in the answer.</summary>
    public required string ModelName { get; init; }

    public required HostWire Wire { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>The effective reasoning effort; null for models without that option.</summary>
    public string? Effort { get; init; }

    /// <summary>The service tier that was granted.</summary>
    public string ServiceTier { get; init; } = "default";

    public GrokProfile Profile { get; init; }

    public required long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }
}
