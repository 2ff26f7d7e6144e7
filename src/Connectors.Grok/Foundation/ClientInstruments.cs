using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Connectors.Grok.Foundation;

/// <summary>The activity source and the instruments of the client. All folders that record measurements use these.</summary>
internal static class ClientInstruments
{
    public static readonly ActivitySource Source = new(GrokTelemetry.ActivitySourceName);
    private static readonly Meter Meter = new(GrokTelemetry.MeterName);
    private static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "grok.client.retries", "{retry}", "Retries of requests that failed with a transient error, or that named a new response which the service did not know yet.");

    public static readonly Histogram<double> TimeToFirstToken = Meter.CreateHistogram<double>(
        "grok.client.time_to_first_token", "s", "Time from the call to the first text, reasoning or function call of a streamed answer.");

    public static readonly Counter<long> Tokens = Meter.CreateCounter<long>("grok.client.tokens", "{token}", "Input and output tokens, by gen_ai.token.type.");
    public static readonly Counter<long> CachedTokens = Meter.CreateCounter<long>("grok.client.cached_tokens", "{token}", "Input tokens that the service read from its cache.");
    public static readonly Histogram<double> CachedShare = Meter.CreateHistogram<double>(
        "grok.client.cached_share", "1", "Share of an answer's input tokens that the service read from its cache.");

    public static readonly Counter<long> ReasoningTokens = Meter.CreateCounter<long>("grok.client.reasoning_tokens", "{token}", "Output tokens spent on reasoning.");
    public static readonly Counter<double> Cost = Meter.CreateCounter<double>("grok.client.cost", "{USD}", "Cost of answers as reported by the service.");

    /// <summary>Records a retry. The event is added to the call's own activity, never to one of the application's.</summary>
    public static void RecordRetry(GrokSettings settings, GrokException e, int attempt, TimeSpan delay)
    {
        var kind = e.Kind.ToString();
        Retries.Add(
            1,
            new("gen_ai.provider.name", settings.Hosting.ProviderName),
            new("error.type", kind),
            new KeyValuePair<string, object?>("http.response.status_code", e.Status));
        if (Activity.Current is { IsAllDataRequested: true } activity && activity.Source == Source)
        {
            activity.SetTag("grok.retries", attempt);
            activity.AddEvent(new("grok.retry", tags: new()
            {
                ["error.type"] = kind,
                ["http.response.status_code"] = e.Status,
                ["grok.retry.delay"] = delay.TotalSeconds,
            }));
        }
    }

    /// <summary>Sets a tag on the call's own activity, never on one of the application's.</summary>
    public static void Tag(string name, object? value)
    {
        if (Activity.Current is { IsAllDataRequested: true } activity && activity.Source == Source)
        {
            activity.SetTag(name, value);
        }
    }
}
