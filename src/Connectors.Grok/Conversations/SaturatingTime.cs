namespace Connectors.Grok.Conversations;

/// <summary>Moments that a span of time leads to. The calendar has an end: "for ever" is a span as well.</summary>
internal static class SaturatingTime
{
    public static DateTimeOffset Later(this DateTimeOffset moment, TimeSpan span) =>
        span > DateTimeOffset.MaxValue - moment ? DateTimeOffset.MaxValue : moment + span;

    public static DateTimeOffset Earlier(this DateTimeOffset moment, TimeSpan span) =>
        span > moment - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : moment - span;
}
