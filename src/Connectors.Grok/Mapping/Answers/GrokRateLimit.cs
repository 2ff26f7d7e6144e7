namespace Connectors.Grok;

/// <summary>The remaining rate limits of the team, from the headers of an answer.</summary>
/// <param name="RemainingRequests">The remaining requests in the current window; null when the service did not send it.</param>
/// <param name="RemainingTokens">The remaining tokens in the current window; null when the service did not send it.</param>
public sealed record GrokRateLimit(long? RemainingRequests, long? RemainingTokens);
