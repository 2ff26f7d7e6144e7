using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <summary>A queue of faults. Each one applies to one <c>POST /v1/responses</c>, in order. Thread-safe.</summary>
public sealed class FaultPlan
{
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly ConcurrentDictionary<string, int> _uses = new();

    internal FaultPlan()
    {
    }

    /// <summary>The number of queued faults.</summary>
    public int Count => _faults.Count;

    /// <summary>Queues a fault for a <c>POST /v1/responses</c> that does not request one by header. A request that the emulator rejects also consumes its fault.</summary>
    /// <param name="fault">The fault.</param>
    public void Enqueue(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        _faults.Enqueue(fault);
    }

    /// <summary>Removes every queued fault.</summary>
    public void Clear() => _faults.Clear();

    /// <summary>Returns the fault that a header requests; null when the requests of its id have reached its limit.</summary>
    internal Fault? FromHeader(string text)
    {
        var fault = FaultCatalog.Parse(text);
        var (id, times) = FaultCatalog.ParseRepetition(text);
        return times == int.MaxValue || _uses.AddOrUpdate(id, 1, (_, count) => count + 1) <= times ? fault : null;
    }

    internal Fault? Dequeue() => _faults.TryDequeue(out var fault) ? fault : null;
}
