namespace Connectors.Grok.Emulator.Tests;

/// <summary>The emulator is independent of the connector.</summary>
public sealed class IndependenceTests
{
    [Fact]
    public void The_emulator_shares_nothing_with_the_connector() =>
        Assert.DoesNotContain(typeof(GrokEmulator).Assembly.GetReferencedAssemblies(), assembly => assembly.Name == "Connectors.Grok");
}
