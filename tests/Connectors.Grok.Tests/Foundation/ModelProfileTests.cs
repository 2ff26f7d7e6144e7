using Connectors.Grok.Foundation;

namespace Connectors.Grok.Tests.Foundation;

public class ModelProfileTests
{
    [Theory]
    [InlineData("grok-4.20-0309-reasoning", "grok-4.20")]
    [InlineData("grok-4.5-latest", "grok-4.5")]
    [InlineData("grok-4.7", "grok-4.7")]
    [InlineData("grok-4-", "grok-4")]
    [InlineData("grok-latest", "grok-latest")]
    [InlineData("grok-code-fast", "grok-code-fast")]
    [InlineData("grok--4", "grok--4")]
    [InlineData("-4-x", "-4")]
    [InlineData("grok-", "grok-")]
    [InlineData("grok", "grok")]
    [InlineData("-", "-")]
    [InlineData("", "")]
    public void Model_family_is_the_name_without_date_and_variant(string model, string family) => Assert.Equal(family, ModelProfile.Family(model));
}
