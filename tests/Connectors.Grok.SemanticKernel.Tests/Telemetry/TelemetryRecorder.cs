using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Connectors.Grok.SemanticKernel.Tests.Telemetry;

/// <summary>Records the spans and measurements of one trace, so that tests that run at the same time do not see each other's.</summary>
internal sealed class TelemetryRecorder : IDisposable
{
    private readonly Activity _root = new("test");
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics;
    private readonly Lock _lock = new();
    private readonly List<Activity> _stopped = [];
    private readonly List<Measurement> _measurements = [];

    public TelemetryRecorder()
    {
        _spans = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_lock)
                {
                    if (span.TraceId == _root.TraceId && span != _root)
                    {
                        _stopped.Add(span);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics = new MeterListener { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
        _metrics.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _metrics.Start();
        _root.SetIdFormat(ActivityIdFormat.W3C).Start();
    }

    /// <summary>The spans in the order in which they started, without those of HTTP.</summary>
    public IReadOnlyList<Activity> Spans
    {
        get
        {
            lock (_lock)
            {
                return [.. _stopped.Where(static s => !s.Source.Name.StartsWith("System.Net", StringComparison.Ordinal) && !s.Source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal) && s.Source.Name.Length > 0).OrderBy(static s => s.StartTimeUtc)];
            }
        }
    }

    public IReadOnlyList<Measurement> Measurements
    {
        get
        {
            lock (_lock)
            {
                return [.. _measurements];
            }
        }
    }

    public static IEnumerable<string> Attributes(Activity span) => span.TagObjects.Select(static t => t.Key).Order(StringComparer.Ordinal);

    public void Dispose()
    {
        _root.Stop();
        _metrics.Dispose();
        _spans.Dispose();
        _root.Dispose();
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (Activity.Current?.TraceId != _root.TraceId)
        {
            return;
        }

        lock (_lock)
        {
            _measurements.Add(new(instrument.Meter.Name, instrument.Name, instrument.Unit, instrument.GetType().Name.Split('`')[0], value, [.. tags]));
        }
    }

    internal sealed record Measurement(string Meter, string Name, string? Unit, string Kind, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags)
    {
        public IEnumerable<string> Attributes => Tags.Select(static t => t.Key).Order(StringComparer.Ordinal);

        public object? this[string tag] => Tags.FirstOrDefault(t => t.Key == tag).Value;
    }
}
