using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Reflection;
using System.Text;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Faults.Tests.Secrecy;

/// <summary>Records everything visible from outside: every log line with its parts, activities, measurements, and exceptions with all their data.</summary>
internal sealed class Witness : ILoggerProvider
{
    // Other tests run in parallel: only events of this async flow are recorded.
    private static readonly AsyncLocal<Witness?> Here = new();
    private readonly ConcurrentQueue<(string Kind, string Text)> _seen = [];
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters = new();

    public Witness()
    {
        Here.Value = this;
        _activities = new()
        {
            ShouldListenTo = static _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => Here.Value == this ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = a =>
            {
                if (Here.Value == this)
                {
                    Note($"activity {a.Source.Name}", Dump(a));
                }
            },
        };
        ActivitySource.AddActivityListener(_activities);
        _meters.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
        _meters.SetMeasurementEventCallback<long>(Measured);
        _meters.SetMeasurementEventCallback<double>(Measured);
        _meters.Start();
    }

    /// <summary>The places with recorded text, with their counts.</summary>
    public IReadOnlyDictionary<string, int> Places => _seen.GroupBy(static s => s.Kind, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.Count(), StringComparer.Ordinal);

    public string Text => string.Join('\n', _seen.Select(static s => s.Text));

    public void Note(string kind, string text) => _seen.Enqueue((kind, text));

    public void Saw(Exception e) => Note(e is GrokException { Kind: GrokErrorKind.Timeout } ? "exception GrokException Timeout" : $"exception {e.GetType().Name}", Dump(e));

    public void Saw(HealthReport report)
    {
        foreach (var (name, entry) in report.Entries)
        {
            Note("health", $"{name} {entry.Status} {entry.Description} {Values(entry.Data)} {string.Join(' ', entry.Tags)} {(entry.Exception is { } e ? Dump(e) : "")}");
        }
    }

    /// <summary>Each place with a secret, with the surrounding text.</summary>
    public IReadOnlyList<string> Leaks(Secrets secrets) =>
        [.. _seen.SelectMany(s => secrets.FoundIn(s.Text).Select(name => $"{name} in {s.Kind}: {(s.Text.Length > 600 ? s.Text[..600] : s.Text)}")).Distinct(StringComparer.Ordinal)];

    /// <summary>Gets the text, members and data of an exception and of its inner exceptions.</summary>
    public static string Dump(Exception e)
    {
        var text = new StringBuilder(e.ToString()).Append('\n');
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            foreach (var property in cause.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public))
            {
                // The answer that could not be stored is content of the caller, as documented.
                if (property.Name is not (nameof(Exception.InnerException) or nameof(Exception.TargetSite)) && !(cause is ConversationStoreException && property.Name == nameof(ConversationStoreException.Response)))
                {
                    text.Append(property.Name).Append(": ").Append(Values(property.GetValue(cause))).Append('\n');
                }
            }
        }

        return text.ToString();
    }

    public ILogger CreateLogger(string categoryName) => new Line(this, categoryName);

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
        Here.Value = null;
    }

    private static string Dump(Activity a) => string.Join(
        '\n',
        (string?[])[
            a.OperationName, a.DisplayName, a.StatusDescription, a.TraceStateString, Values(a.TagObjects), Values(a.Baggage),
            .. a.Events.Select(static e => $"{e.Name} {Values(e.Tags)}"), .. a.Links.Select(static l => Values(l.Tags))]);

    private static string Values(object? value) => value switch
    {
        null => "",
        string text => text,
        IDictionary map => string.Join(' ', map.Keys.Cast<object>().Select(k => $"{k}={Values(map[k])}")),
        IEnumerable many => string.Join(' ', many.Cast<object?>().Select(Values)),
        _ => value.ToString() ?? "",
    };

    private void Measured<T>(Instrument instrument, T measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (Here.Value == this)
        {
            Note($"metric {instrument.Meter.Name}", $"{instrument.Name} {instrument.Description} {Values(tags.ToArray())}");
        }
    }

    private sealed class Line(Witness witness, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            witness.Note($"scope {category}", $"{state} {Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            witness.Note($"log {category}", $"{logLevel} {eventId} {formatter(state, exception)} {Values(state)} {(exception is null ? "" : Dump(exception))}");
    }
}
