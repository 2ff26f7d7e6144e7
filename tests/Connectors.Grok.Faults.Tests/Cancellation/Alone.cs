namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Tests that run while no other test runs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
