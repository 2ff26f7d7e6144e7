using System.Diagnostics;

namespace Connectors.Grok.Pipelines.Tests.Behaviours.Support;

/// <summary>Records the spans of one source.</summary>
internal sealed class SpanRecorder : IDisposable
{
    private readonly ActivityListener _listener;
    private readonly List<Activity> _spans = [];

    public SpanRecorder()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Source,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The name of the source. No other test uses it.</summary>
    public string Source { get; } = Guid.NewGuid().ToString();

    public IReadOnlyList<Activity> Spans
    {
        get
        {
            lock (_spans)
            {
                return [.. _spans];
            }
        }
    }

    /// <summary>The number of input or output tokens of a span.</summary>
    public static long Tokens(Activity span, string kind) => Convert.ToInt64(span.GetTagItem($"gen_ai.usage.{kind}_tokens"));

    public void Dispose() => _listener.Dispose();

    private void Add(Activity span)
    {
        lock (_spans)
        {
            _spans.Add(span);
        }
    }
}
