namespace Connectors.Grok.Emulator.Tests.Support;

/// <summary>The collection of tests that measure the memory of the process; they do not run in parallel with others.</summary>
[CollectionDefinition("Load", DisableParallelization = true)]
public sealed class SerialLoadTests;
