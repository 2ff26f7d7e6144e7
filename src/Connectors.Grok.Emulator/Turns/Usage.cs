namespace Connectors.Grok.Emulator.Turns;

/// <summary>Section 5 of the wire description; output includes reasoning.</summary>
internal sealed record Usage(int InputTokens, int CachedTokens, int OutputTokens, int ReasoningTokens, ToolCalls Tools, long CostInUsdTicks);

/// <summary>How often each tool of the service was used.</summary>
internal sealed record ToolCalls(int Web, int X, int Code, int Files, int Mcp, int Images)
{
    public int Total => Web + X + Code + Files + Mcp + Images;
}
