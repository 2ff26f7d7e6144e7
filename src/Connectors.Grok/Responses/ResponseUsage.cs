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

    /// <summary>A counter of the retired Live Search.</summary>
    public long? NumSourcesUsed { get; init; }

    /// <summary>The number of calls of hosted tools.</summary>
    public long? NumServerSideToolsUsed { get; init; }

    /// <summary>The price, tool fees and cache discounts included, in ticks of 1e-10 USD.</summary>
    public long? CostInUsdTicks { get; init; }

    /// <summary>The number of calls of each hosted tool; null when none was called.</summary>
    public ServerSideToolUsageDetails? ServerSideToolUsageDetails { get; init; }

    /// <summary>The tokens of the last round only, which show how full the context window is.</summary>
    public ContextDetails? ContextDetails { get; init; }
}

/// <summary>The number of calls of each hosted tool. Counters without a property are among <see cref="WireObject.AdditionalMembers"/>.</summary>
public sealed record ServerSideToolUsageDetails : WireObject
{
    /// <summary>Searches of the web, image searches included.</summary>
    public long? WebSearchCalls { get; init; }

    /// <summary>Searches of X.</summary>
    public long? XSearchCalls { get; init; }

    /// <summary>Posts of X that were fetched, nested and quoted ones included; each is billed.</summary>
    public long? XPostsFetched { get; init; }

    /// <summary>Profiles of X that were fetched; each is billed.</summary>
    public long? XUsersFetched { get; init; }

    /// <summary>Runs of code.</summary>
    public long? CodeInterpreterCalls { get; init; }

    /// <summary>Searches of collections.</summary>
    public long? FileSearchCalls { get; init; }

    /// <summary>Calls of MCP servers, the listing of their tools included.</summary>
    public long? McpCalls { get; init; }

    /// <summary>Searches of attached files.</summary>
    public long? DocumentSearchCalls { get; init; }

    /// <summary>Generated images.</summary>
    public long? ImageGenerationCalls { get; init; }
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
