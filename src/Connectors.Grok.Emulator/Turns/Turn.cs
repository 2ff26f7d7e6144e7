namespace Connectors.Grok.Emulator.Turns;

/// <summary>One request and its answer, with everything the response object shows.</summary>
internal sealed record Turn
{
    public required string Id { get; init; }

    public required CreateRequest Request { get; init; }

    public required Reply Reply { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>Resolved model name, never the alias that was sent.</summary>
    public required string Model { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>Effective reasoning effort; null for models without the parameter.</summary>
    public string? Effort { get; init; }

    public GrokProfile Profile { get; init; }

    public required long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }
}
