namespace Connectors.Grok.Emulator.Turns;

/// <summary>The token counts and the cost of a response (docs/wire.md#usage-and-cost). Output tokens include reasoning tokens.</summary>
internal sealed record Usage(int InputTokens, int CachedTokens, int OutputTokens, int ReasoningTokens, ToolCalls Tools, long CostInUsdTicks);

/// <summary>The number of calls of each hosted tool.</summary>
internal sealed record ToolCalls(int Web, int X, int Code, int Files, int Mcp, int Images)
{
    public int Total => Web + X + Code + Files + Mcp + Images;
}
