namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>One cell of the table: a store and a fault.</summary>
/// <param name="Store">The store.</param>
/// <param name="Fault">The fault.</param>
/// <param name="Create">Creates the scenario; null when there is no such fault.</param>
internal sealed record DurabilityCell(string Store, string Fault, Func<Task<FaultScenario>>? Create)
{
    /// <summary>Why there is no such fault.</summary>
    public string Note { get; init; } = "";

    /// <summary>Whether the store promises to lose nothing.</summary>
    public bool MustKeep { get; init; } = true;
}
