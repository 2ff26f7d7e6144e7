namespace Connectors.Grok.Responses;

/// <summary>Tokens and cost of a response.</summary>
public sealed record ResponseUsage : WireObject
{
    /// <summary>Tokens in, cached ones included; the sum over all rounds when the service ran tools.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Details of <see cref="InputTokens"/>.</summary>
    public InputTokensDetails? InputTokensDetails { get; init; }

    /// <summary>Tokens out, reasoning included.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Details of <see cref="OutputTokens"/>.</summary>
    public OutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>Tokens in and out.</summary>
    public long? TotalTokens { get; init; }

    /// <summary>A counter of the old live search.</summary>
    public long? NumSourcesUsed { get; init; }

    /// <summary>How many calls of its own tools the service made.</summary>
    public long? NumServerSideToolsUsed { get; init; }

    /// <summary>The price, tool fees and cache discounts included, in ticks of 1e-10 USD.</summary>
    public long? CostInUsdTicks { get; init; }

    /// <summary>Calls of each of the service's own tools, by name.</summary>
    public IReadOnlyDictionary<string, System.Text.Json.JsonElement>? ServerSideToolUsageDetails { get; init; }

    /// <summary>Tokens of the last round alone: how full the context window is.</summary>
    public ContextDetails? ContextDetails { get; init; }
}

/// <summary>Details of the tokens in.</summary>
public sealed record InputTokensDetails : WireObject
{
    /// <summary>Tokens that met the cache and cost less.</summary>
    public long? CachedTokens { get; init; }
}

/// <summary>Details of the tokens out.</summary>
public sealed record OutputTokensDetails : WireObject
{
    /// <summary>Tokens of thinking.</summary>
    public long? ReasoningTokens { get; init; }
}

/// <summary>Tokens of the last round.</summary>
public sealed record ContextDetails : WireObject
{
    /// <summary>Tokens in.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens out.</summary>
    public long? OutputTokens { get; init; }
}
