namespace Connectors.Grok.Pipelines.Tests.Hosts;

/// <summary>The collection of tests that change the environment of the process, and therefore run alone.</summary>
[CollectionDefinition(nameof(AloneInProcess), DisableParallelization = true)]
public sealed class AloneInProcess;
