namespace Connectors.Grok.Transport.Http;

/// <summary>The delays that the service asks for before a retry.</summary>
internal static class RetryDelays
{
    /// <summary>The longest delay that is kept; a longer one fails the call at once.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LeastSpread = TimeSpan.FromSeconds(2);

    /// <summary>Adds jitter to a delay, never less than the delay itself: callers that were told the same time must not return at the same moment.</summary>
    /// <param name="delay">The delay that the service asks for.</param>
    /// <param name="jitter">The source of jitter; returns values in [0, 1).</param>
    public static TimeSpan WithJitter(TimeSpan delay, Func<double> jitter) => delay + (jitter() * (delay / 4 > LeastSpread ? delay / 4 : LeastSpread));
}
