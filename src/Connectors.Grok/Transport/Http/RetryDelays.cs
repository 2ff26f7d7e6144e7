using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Transport.Http;

/// <summary>The delays that the service asks for before a retry.</summary>
internal static partial class RetryDelays
{
    /// <summary>The longest delay that is kept; a longer one fails the call at once.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LeastSpread = TimeSpan.FromSeconds(2);

    /// <summary>Gets the delay that an error asks for, in a header, in its body or in its words; null for none.</summary>
    /// <param name="headers">The headers of the answer.</param>
    /// <param name="error">The error.</param>
    /// <param name="time">The clock.</param>
    public static TimeSpan? Asked(HttpResponseHeaders headers, ErrorBody error, TimeProvider time)
    {
        // The more exact headers first.
        var wait = Milliseconds("retry-after-ms") ?? Milliseconds("x-ms-retry-after-ms") ?? headers.RetryAfter?.Delta ?? headers.RetryAfter?.Date - time.GetUtcNow() ?? error.RetryDelay;
        if (wait is null && error.Message is { } words && InWords().Match(words) is { Success: true } match)
        {
            wait = TimeSpan.FromSeconds(double.Parse(match.Groups["seconds"].ValueSpan, CultureInfo.InvariantCulture));
        }

        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;

        TimeSpan? Milliseconds(string name) =>
            double.TryParse(AnswerReader.Text(headers, name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count < 1_000_000_000_000 ? TimeSpan.FromMilliseconds(count) : null;
    }

    [GeneratedRegex(@"retry after (?<seconds>\d{1,7}) second", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InWords();

    /// <summary>Adds jitter to a delay, never less than the delay itself: callers that were told the same time must not return at the same moment.</summary>
    /// <param name="delay">The delay that the service asks for.</param>
    /// <param name="jitter">The source of jitter; returns values in [0, 1).</param>
    public static TimeSpan WithJitter(TimeSpan delay, Func<double> jitter) => delay + (jitter() * (delay / 4 > LeastSpread ? delay / 4 : LeastSpread));
}
