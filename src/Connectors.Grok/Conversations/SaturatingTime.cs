namespace Connectors.Grok.Conversations;

/// <summary>Saturating arithmetic on times: a span of any length leads to a valid time.</summary>
internal static class SaturatingTime
{
    public static DateTimeOffset Later(this DateTimeOffset moment, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - moment ? DateTimeOffset.MaxValue : moment + span;

    public static DateTimeOffset Earlier(this DateTimeOffset moment, TimeSpan span) =>
        span > moment - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : moment - span;
}
