using System.Collections.Concurrent;

namespace Connectors.Grok.Faults.Tests.Soak;

/// <summary>The results of all callers so far.</summary>
internal sealed class SoakTally
{
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private long _events;
    private int _finished;
    private int _unexpected;
    private int _open;

    public long Events => Volatile.Read(ref _events);

    public int Finished => Volatile.Read(ref _finished);

    public int Unexpected => Volatile.Read(ref _unexpected);

    /// <summary>The calls in progress.</summary>
    public int Open => Volatile.Read(ref _open);

    public ConcurrentQueue<string> Surprises { get; } = new();

    public IEnumerable<KeyValuePair<string, int>> Outcomes => _outcomes.OrderByDescending(static o => o.Value);

    public void Event() => Interlocked.Increment(ref _events);

    public void Begin() => Interlocked.Increment(ref _open);

    public void End(string outcome)
    {
        Interlocked.Decrement(ref _open);
        Interlocked.Increment(ref _finished);
        _outcomes.AddOrUpdate(outcome, 1, static (_, n) => n + 1);
    }

    public void Surprise(string what)
    {
        Interlocked.Increment(ref _unexpected);
        if (Surprises.Count < 20)
        {
            Surprises.Enqueue(what);
        }
    }
}
