namespace Connectors.Grok;

/// <summary>What is left of the team's rate limits after an answer, as its headers said.</summary>
/// <param name="RemainingRequests">How many requests are left in the current window; null when the service did not say.</param>
/// <param name="RemainingTokens">How many tokens are left in the current window; null when the service did not say.</param>
public sealed record GrokRateLimit(long? RemainingRequests, long? RemainingTokens);
