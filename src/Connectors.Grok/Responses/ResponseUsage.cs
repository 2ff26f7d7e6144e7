namespace Connectors.Grok.Responses;

/// <summary>Tokens and cost of a response.</summary>
public sealed record ResponseUsage : WireObject
{
    /// <summary>Input tokens, cached ones included; the sum over all rounds when the service ran tools.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Details of <see cref="InputTokens"/>.</summary>
    public InputTokensDetails? InputTokensDetails { get; init; }

    /// <summary>Output tokens, reasoning included.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Details of <see cref="OutputTokens"/>.</summary>
    public OutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>Input and output tokens.</summary>
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

/// <summary>Details of the input tokens.</summary>
public sealed record InputTokensDetails : WireObject
{
    /// <summary>Input tokens that were read from the prompt cache and cost less.</summary>
    public long? CachedTokens { get; init; }
}

/// <summary>Details of the output tokens.</summary>
public sealed record OutputTokensDetails : WireObject
{
    /// <summary>Output tokens spent on reasoning.</summary>
    public long? ReasoningTokens { get; init; }
}

/// <summary>Tokens of the last round.</summary>
public sealed record ContextDetails : WireObject
{
    /// <summary>Input tokens.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Output tokens.</summary>
    public long? OutputTokens { get; init; }
}
