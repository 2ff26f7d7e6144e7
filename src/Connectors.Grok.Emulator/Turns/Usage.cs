namespace Connectors.Grok.Emulator.Turns;

/// <summary>
/// The token counts and the cost of a response (docs/wire.md#usage-and-cost). Output tokens include reasoning tokens. Each call of a hosted
/// tool starts another round, and the input tokens are the sum over the rounds.
/// </summary>
internal sealed record Usage(int InputTokens, int CachedTokens, int OutputTokens, int ReasoningTokens, ToolCalls Tools, long CostInUsdTicks)
{
    /// <summary>The input tokens of the last round.</summary>
    public int ContextInput { get; init; }

    /// <summary>The output tokens of the last round.</summary>
    public int ContextOutput { get; init; }
}

/// <summary>The number of calls of each hosted tool, and of what they fetched.</summary>
internal sealed record ToolCalls
{
    public int Web { get; init; }

    public int X { get; init; }

    public int XPosts { get; init; }

    public int XUsers { get; init; }

    public int Code { get; init; }

    public int Files { get; init; }

    public int Mcp { get; init; }

    /// <summary>The listings of the tools of MCP servers. They count as calls of MCP in the details only.</summary>
    public int McpListings { get; init; }

    public int Documents { get; init; }

    public int Images { get; init; }

    public int Total => Web + X + Code + Files + Mcp + Documents + Images;
}
