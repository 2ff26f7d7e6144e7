using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;

namespace Connectors.Grok.Tests.Foundation;

/// <summary>What the service told about its models is joined, and wins over the built-in table.</summary>
public class ModelCatalogTests
{
    [Fact]
    public void Two_lists_of_a_model_are_joined()
    {
        var catalog = new ModelCatalog();
        catalog.Add([new GrokModel { Id = "grok-4.7", Aliases = ["grok-latest"], ContextLength = 1_000 }]);
        catalog.Add([new GrokLanguageModel { Id = "grok-4.7", Capabilities = new() { ReasoningEffort = ["low"] }, LongContextThreshold = 500 }, new GrokLanguageModel()]);
        var profile = catalog.Find("grok-4.7")!;
        Assert.Equal((1_000L, 500L), (profile.ContextLength, profile.LongContextThreshold));
        Assert.Equal(["low"], profile.ReasoningEfforts!);
        Assert.Equal((1_000L, null), (catalog.Find("grok-latest")!.ContextLength, catalog.Find("grok-latest")!.LongContextThreshold));
        Assert.Null(catalog.Find("grok-4"));
    }

    [Fact]
    public void Newer_facts_replace_older_ones()
    {
        var catalog = new ModelCatalog();
        catalog.Add([new GrokModel { Id = "m", ContextLength = 1, LongContextThreshold = 0 }]);
        catalog.Add([new GrokModel { Id = "m", ContextLength = 2 }]);
        Assert.Equal((2L, 0L), (catalog.Find("m")!.ContextLength, catalog.Find("m")!.LongContextThreshold));
    }

    [Fact]
    public void Catalog_keeps_a_bounded_number_of_names()
    {
        var catalog = new ModelCatalog();
        catalog.Add(Enumerable.Range(0, 10_001).Select(static i => new GrokModel { Id = $"m{i}", ContextLength = i }));
        Assert.NotNull(catalog.Find("m9999"));
        Assert.Null(catalog.Find("m10000"));
        catalog.Add([new GrokModel { Id = "m7", ContextLength = 70 }]);
        Assert.Equal(70, catalog.Find("m7")!.ContextLength);
    }

    [Fact]
    public void Table_of_the_options_wins_over_the_service_and_that_over_the_built_in_table()
    {
        var settings = Some.Settings(static o => o.ReasoningEfforts["grok-4.6"] = ["high"]);
        settings.Models.Add([new GrokModel { Id = "grok-4.7", Capabilities = new() { ReasoningEffort = ["none"] } }, new GrokModel { Id = "grok-4.6", Capabilities = new() { ReasoningEffort = ["none"] } }]);
        Assert.True(ModelProfile.TakesEffort("grok-4.7", "none", settings));
        Assert.False(ModelProfile.TakesEffort("grok-4.7", "high", settings));
        Assert.True(ModelProfile.TakesEffort("grok-4.6", "high", settings));
        Assert.False(ModelProfile.TakesEffort("grok-4.6", "none", settings));
        Assert.False(ModelProfile.TakesEffort("grok-4", "low", settings));
        Assert.True(ModelProfile.TakesEffort("grok-9", "low", settings));
        Assert.Equal(["high"], ModelProfile.Get("grok-4.6", settings).ReasoningEfforts!);
        Assert.Equal(["none"], ModelProfile.Get("grok-4.7", settings).ReasoningEfforts!);
    }

    [Theory]
    [InlineData("grok-4.7", 500_000L)]
    [InlineData("grok-4.6", 500_000L)]
    [InlineData("grok-4.5-latest", 500_000L)]
    [InlineData("grok-4.3", 1_000_000L)]
    [InlineData("grok-4.20-0309-reasoning", 1_000_000L)]
    [InlineData("grok-4.20-multi-agent", 1_000_000L)]
    [InlineData("grok-build-0.1", 256_000L)]
    [InlineData("grok-3", null)]
    [InlineData("other", null)]
    public void Built_in_context_window_is_that_of_the_pricing_page(string model, long? length)
    {
        var profile = ModelProfile.Get(model, Some.Settings());
        Assert.Equal($"{nameof(GrokModelProfile)} {model}", profile.ToString());
        Assert.Equal((length, length is null ? null : 200_000L, false), (profile.ContextLength, profile.LongContextThreshold, profile.IsFromService));
    }
}
