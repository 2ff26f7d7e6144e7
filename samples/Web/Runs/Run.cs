using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

namespace Web.Runs;

/// <summary>
/// A running or recently ended answer. It runs on the server independently of connected pages; each page reads the events after the last one
/// it received. Safe for concurrent use.
/// </summary>
internal sealed class Run
{
    private const int BytesPerEvent = 120;
    private readonly Lock _lock = new();
    private readonly List<SseItem<string>> _events = [];
    private readonly StringBuilder _text = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Run(string visitor, string conversation, Question question, long startedAt) =>
        (Visitor, Conversation, Question, StartedAt) = (visitor, conversation, question, startedAt);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Visitor { get; }

    public string Conversation { get; }

    public Question Question { get; }

    public long StartedAt { get; }

    public RunStatus Status { get; private set; }

    /// <summary>The timestamp of the end.</summary>
    public long EndedAt { get; private set; }

    /// <summary>The approximate memory of the events, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The problem that ended the run; null when it did not fail.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Completes when the run has ended.</summary>
    public Task Ended => _ended.Task;

    public CancellationToken Stopping => _stop.Token;

    public bool IsStopRequested => _stop.IsCancellationRequested;

    /// <summary>Completes when the first event of the answer has arrived, or the run has ended.</summary>
    public Task First => _first.Task;

    /// <summary>The text received so far.</summary>
    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _text.ToString();
            }
        }
    }

    public void Stop() => _stop.Cancel();

    /// <summary>Completes <see cref="First"/>.</summary>
    public void MarkStarted() => _first.TrySetResult();

    public void AddText(string text, string json)
    {
        lock (_lock)
        {
            _text.Append(text);
        }

        Add("text", json);
    }

    public void Add(string type, string json)
    {
        lock (_lock)
        {
            Append(type, json);
        }

        MarkStarted();
    }

    /// <summary>Ends the run and adds its last event.</summary>
    public void End(RunStatus status, long now, string type, string json, Problem? problem = null)
    {
        lock (_lock)
        {
            (Status, EndedAt, Problem) = (status, now, problem);
            Append(type, json);
        }

        MarkStarted();
        _ended.TrySetResult();
    }

    /// <summary>Streams the events after a given one until the run ends. Sends a heartbeat without an id when no event arrives.</summary>
    /// <param name="after">The number of the last received event; 0 for none.</param>
    /// <param name="heartbeat">The time without events before a heartbeat.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Cancels the enumeration, not the run.</param>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        int after, TimeSpan heartbeat, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(after, 0);
        while (true)
        {
            SseItem<string>[] newEvents;
            Task changed;
            bool hasEnded;
            lock (_lock)
            {
                newEvents = next < _events.Count ? [.. _events[next..]] : [];
                changed = _changed.Task;
                hasEnded = Status != RunStatus.Running;
            }

            next += newEvents.Length;
            foreach (var item in newEvents)
            {
                yield return item;
            }

            if (hasEnded)
            {
                yield break;
            }

            if (newEvents.Length == 0 && !await WaitForChangeAsync(changed, heartbeat, clock, cancellationToken))
            {
                yield return new SseItem<string>("{}", "heartbeat");
            }
        }
    }

    private static async Task<bool> WaitForChangeAsync(Task changed, TimeSpan heartbeat, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(heartbeat, clock, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void Append(string type, string json)
    {
        _events.Add(new SseItem<string>(json, type) { EventId = $"{_events.Count + 1}" });
        Bytes += BytesPerEvent + (2L * json.Length);
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
