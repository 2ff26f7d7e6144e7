namespace Connectors.Grok.Emulator.Tests.Support;

/// <summary>Memory is counted for the whole process, so nothing else may run meanwhile.</summary>
[CollectionDefinition("Load", DisableParallelization = true)]
public sealed class LoadAlone;
