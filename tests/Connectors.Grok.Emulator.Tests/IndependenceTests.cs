namespace Connectors.Grok.Emulator.Tests;

/// <summary>The emulator does not depend on the connector.</summary>
public sealed class IndependenceTests
{
    [Fact]
    public void Emulator_assembly_does_not_reference_the_connector() =>
        Assert.DoesNotContain(typeof(GrokEmulator).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "Connectors.Grok");
}
