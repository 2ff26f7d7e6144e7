using System.Collections.Concurrent;
using Connectors.Grok.Emulator.Faults;

namespace Connectors.Grok.Emulator;

/// <summary>Faults waiting for their request: each one applies to one <c>POST /v1/responses</c>, in order.</summary>
public sealed class FaultPlan
{
    private readonly ConcurrentQueue<Fault> _faults = new();
    private readonly ConcurrentDictionary<string, int> _uses = new();

    internal FaultPlan()
    {
    }

    /// <summary>How many faults are waiting.</summary>
    public int Count => _faults.Count;

    /// <summary>Lets the next <c>POST /v1/responses</c> that has no fault yet suffer this one. A request refused for its own sake uses it up too.</summary>
    /// <param name="fault">The fault.</param>
    public void Enqueue(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        _faults.Enqueue(fault);
    }

    /// <summary>Forgets the faults that are waiting.</summary>
    public void Clear() => _faults.Clear();

    /// <summary>The fault a header asks for; null when it asked often enough.</summary>
    internal Fault? FromHeader(string text)
    {
        var fault = FaultCatalog.Parse(text);
        var (id, times) = FaultCatalog.ParseRepetition(text);
        return times == int.MaxValue || _uses.AddOrUpdate(id, 1, (_, count) => count + 1) <= times ? fault : null;
    }

    internal Fault? Dequeue() => _faults.TryDequeue(out var fault) ? fault : null;
}
