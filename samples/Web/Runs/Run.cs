using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using Web.Memory;

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

    private HeldBytes.Hold? _held;

    /// <param name="visitor">The visitor.</param>
    /// <param name="address">The address of the visitor.</param>
    /// <param name="conversation">The conversation.</param>
    /// <param name="question">The input.</param>
    /// <param name="held">What the question takes; disposed with the end of the run.</param>
    /// <param name="startedAt">The timestamp of the start.</param>
    public Run(string visitor, string address, string conversation, Question question, HeldBytes.Hold held, long startedAt) =>
        (Visitor, Address, Conversation, Question, _held, StartedAt) = (visitor, address, conversation, question, held, startedAt);

    public string Id { get; } = Guid.NewGuid().ToString("N");

    public string Visitor { get; }

    public string Address { get; }

    public string Conversation { get; }

    /// <summary>The input; without attachments after the end.</summary>
    public Question Question { get; private set; }

    /// <summary>The turn that keeps the question of an answer that was stopped or failed; null when it is not stored.</summary>
    public string? Turn { get; private set; }

    /// <summary>The place among the ended runs; null while it runs, and after it was removed.</summary>
    public LinkedListNode<Run>? EndedNode { get; set; }

    /// <summary>Why the run must end: it, its visitor or all visitors hold too much; null while there is room.</summary>
    public Problem? Full { get; private set; }

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
    public void End(RunStatus status, long now, string type, string json, Problem? problem = null, string? turn = null)
    {
        lock (_lock)
        {
            (Status, EndedAt, Problem, Turn) = (status, now, problem, turn);
            Append(type, json);
            Question = Question with { Messages = Attachments.Without(Question.Messages) };
            _held?.Dispose();
            _held = null;
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
        var size = BytesPerEvent + (2L * json.Length);
        Bytes += size;
        if (_held?.TryGrow(size, out var full) == false)
        {
            Full ??= full;
        }

        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}
