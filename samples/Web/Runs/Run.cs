using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;

namespace Web.Runs;

/// <summary>
/// An answer in the making. It belongs to the server: pages come and go, and each gets every event from the one it has seen last. Safe
/// for concurrent use.
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

    /// <summary>When it ended.</summary>
    public long EndedAt { get; private set; }

    /// <summary>What its events take, roughly.</summary>
    public long Bytes { get; private set; }

    /// <summary>What ended it, when that was a failure.</summary>
    public Problem? Problem { get; private set; }

    /// <summary>Completes when it has ended.</summary>
    public Task Ended => _ended.Task;

    public CancellationToken Stopping => _stop.Token;

    public bool IsStopRequested => _stop.IsCancellationRequested;

    /// <summary>Completes when anything was heard of the answer, or it has ended.</summary>
    public Task First => _first.Task;

    /// <summary>The text so far.</summary>
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

    public void Heard() => _first.TrySetResult();

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

        Heard();
    }

    /// <summary>Adds the last event.</summary>
    public void End(RunStatus status, long now, string type, string json, Problem? problem = null)
    {
        lock (_lock)
        {
            (Status, EndedAt, Problem) = (status, now, problem);
            Append(type, json);
        }

        Heard();
        _ended.TrySetResult();
    }

    /// <summary>The events after one, as they come, until the last one. In silence a beat without an id.</summary>
    /// <param name="after">The number of the last event seen; 0 for none.</param>
    /// <param name="beat">How long silence lasts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends the enumeration, not the run.</param>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync(
        int after, TimeSpan beat, TimeProvider clock, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = Math.Max(after, 0);
        while (true)
        {
            SseItem<string>[] news;
            Task changed;
            bool isOver;
            lock (_lock)
            {
                news = next < _events.Count ? [.. _events[next..]] : [];
                changed = _changed.Task;
                isOver = Status != RunStatus.Running;
            }

            next += news.Length;
            foreach (var item in news)
            {
                yield return item;
            }

            if (isOver)
            {
                yield break;
            }

            if (news.Length == 0 && !await HasChangedAsync(changed, beat, clock, cancellationToken))
            {
                yield return new SseItem<string>("{}", "beat");
            }
        }
    }

    private static async Task<bool> HasChangedAsync(Task changed, TimeSpan beat, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            await changed.WaitAsync(beat, clock, cancellationToken);
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
