using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Connectors.Grok.Benchmarks.Support;

/// <summary>Records every activity with all its data, and every measurement, as an application with telemetry does before it exports them.</summary>
internal sealed class TelemetryRecorder : IDisposable
{
    private readonly ActivityListener _activities;
    private readonly MeterListener _measurements = new() { InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument) };
    private readonly HashSet<string> _sources = [];
    private long _activityCount;
    private long _measurementCount;

    public TelemetryRecorder()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = static _ => true,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Count,
        };
        ActivitySource.AddActivityListener(_activities);
        _measurements.SetMeasurementEventCallback<long>((_, _, _, _) => Interlocked.Increment(ref _measurementCount));
        _measurements.SetMeasurementEventCallback<int>((_, _, _, _) => Interlocked.Increment(ref _measurementCount));
        _measurements.SetMeasurementEventCallback<double>((_, _, _, _) => Interlocked.Increment(ref _measurementCount));
        _measurements.Start();
    }

    /// <summary>The number of activities that ended.</summary>
    public long Activities => Interlocked.Read(ref _activityCount);

    /// <summary>The number of measurements.</summary>
    public long Measurements => Interlocked.Read(ref _measurementCount);

    /// <summary>The names of the sources whose activities ended.</summary>
    public IReadOnlyCollection<string> Sources
    {
        get
        {
            lock (_sources)
            {
                return [.. _sources];
            }
        }
    }

    public void Dispose()
    {
        _activities.Dispose();
        _measurements.Dispose();
    }

    private void Count(Activity activity)
    {
        Interlocked.Increment(ref _activityCount);
        lock (_sources)
        {
            _sources.Add(activity.Source.Name);
        }
    }
}
