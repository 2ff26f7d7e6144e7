using Connectors.Grok.Foundation;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Foundation;

public class ModelNamesTests
{
    [Theory]
    [InlineData("grok-4.7", "grok-4.7", "grok-4.7")]
    [InlineData("xai/grok-4.7", "grok-4.7", "grok-4.7")]
    [InlineData("x-ai/grok-4.7", "grok-4.7", "grok-4.7")]
    [InlineData("x-ai/grok-4.7:free", "grok-4.7", "grok-4.7")]
    [InlineData("xai/grok-4.7@default", "grok-4.7", "grok-4.7")]
    [InlineData("@team/grok-4.6", "grok-4.6", "grok-4.6")]
    [InlineData("xai.grok-4.6", "grok-4.6", "grok-4.6")]
    [InlineData("us.xai.grok-4.7", "grok-4.7", "grok-4.7")]
    [InlineData("global.xai.grok-4.7", "grok-4.7", "grok-4.7")]
    [InlineData("grok-4-20-reasoning", "grok-4.20-reasoning", "grok-4.20")]
    [InlineData("xai/grok-4.20-reasoning", "grok-4.20-reasoning", "grok-4.20")]
    [InlineData("grok-4-20", "grok-4.20", "grok-4.20")]
    [InlineData("grok-4-7", "grok-4.7", "grok-4.7")]
    [InlineData("grok-4.1-fast-reasoning", "grok-4-1-fast-reasoning", "grok-4")]
    [InlineData("grok-4-1-fast-reasoning", "grok-4-1-fast-reasoning", "grok-4")]
    [InlineData("grok-4-0709", "grok-4-0709", "grok-4")]
    [InlineData("grok-4.20-0309-reasoning", "grok-4.20-0309-reasoning", "grok-4.20")]
    [InlineData("grok-4", "grok-4", "grok-4")]
    [InlineData("grok-4-", "grok-4-", "grok-4")]
    [InlineData("grok-4-x", "grok-4-x", "grok-4")]
    [InlineData("grok-code-fast-1", "grok-code-fast-1", "grok-code-fast-1")]
    [InlineData("prod-chat", "prod-chat", "prod-chat")]
    [InlineData("my-grok-4.7", "my-grok-4.7", "my-grok-4.7")]
    [InlineData("", "", "")]
    public void Identity_is_the_name_that_xAI_gives_to_the_model(string name, string identity, string family)
    {
        Assert.Equal(identity, ModelNames.BuiltIn.Identity(name));
        Assert.Equal(family, ModelNames.BuiltIn.Family(name));
    }

    [Fact]
    public void Stated_identity_wins_over_a_learned_one_and_that_over_the_rules()
    {
        var names = new ModelNames([new("prod-chat", "xai/grok-4.6"), new("grok-4.3", "grok-4.7")]);
        names.Learn("prod-chat", "grok-4.7");
        names.Learn("test-chat", "us.xai.grok-4.7");
        names.Learn("test-chat", "test-chat");
        names.Learn("xai/grok-4.3", "grok-4.7");
        names.Learn("other", "another");
        names.Learn(null, "grok-4.7");
        names.Learn("other", null);
        Assert.Equal("grok-4.6", names.Identity("PROD-CHAT"));
        Assert.Equal("grok-4.7", names.Identity("test-chat"));
        Assert.Equal("grok-4.7", names.Identity("grok-4.3"));
        Assert.Equal("grok-4.3", names.Identity("xai/grok-4.3"));
        Assert.Equal("other", names.Identity("other"));
        // A deployment may get another model.
        names.Learn("test-chat", "grok-4.20-reasoning");
        Assert.Equal("grok-4.20", names.Family("test-chat"));
    }

    [Fact]
    public void Endless_names_are_not_learned()
    {
        var names = new ModelNames([]);
        for (var i = 0; i <= 1000; i++)
        {
            names.Learn($"deployment-{i}", "grok-4.7");
        }

        Assert.Equal("grok-4.7", names.Identity("deployment-999"));
        Assert.Equal("deployment-1000", names.Identity("deployment-1000"));
    }

    [Theory]
    [InlineData("grok-4-20-reasoning", "low", false)]
    [InlineData("xai/grok-4.20-reasoning", "low", false)]
    [InlineData("grok-4.1-fast-reasoning", "low", false)]
    [InlineData("us.xai.grok-4.7", "xhigh", true)]
    [InlineData("us.xai.grok-4.3", "xhigh", false)]
    [InlineData("stated", "none", true)]
    [InlineData("stated", "xhigh", false)]
    [InlineData("prod-chat", "xhigh", true)]
    public void Efforts_are_those_of_the_model_behind_the_name(string model, string effort, bool isTaken) =>
        Assert.Equal(isTaken, ModelProfile.TakesEffort(model, effort, Some.Settings(static o => o.ModelNames["stated"] = "grok-4.3")));

    [Fact]
    public void Efforts_of_the_options_are_found_by_the_name_and_by_the_model()
    {
        var settings = Some.Settings(static o =>
        {
            o.ModelNames["prod-chat"] = "grok-4.7";
            o.ReasoningEfforts["grok-4.7"] = ["low"];
            o.ReasoningEfforts["prod-"] = ["high"];
        });
        Assert.Equal(["high"], ModelProfile.Get("prod-chat", settings).ReasoningEfforts!);
        Assert.Equal(["low"], ModelProfile.Get("xai/grok-4.7", settings).ReasoningEfforts!);
        Assert.Equal(500_000, ModelProfile.Get("prod-chat", settings).ContextLength);
        Assert.Equal("prod-chat", ModelProfile.Get("prod-chat", settings).Model);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Model_of_a_deployment_is_learned_from_the_answer(bool isStreamed)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Model = "prod-chat");
        var options = new ChatOptions { Reasoning = new() { Effort = ReasoningEffort.ExtraHigh } };
        handler.Sse(Some.Created, Some.Completed(Some.Message("hi")).Replace("grok-4.7", "grok-4.3", StringComparison.Ordinal)).Sse(Some.Created, Some.Completed(Some.Message("hi")));
        await client.Ask(isStreamed, [new(ChatRole.User, "q")], options);
        Assert.Equal("xhigh", (string?)handler.LastJson["reasoning"]?["effort"]);
        await client.Ask(isStreamed, [new(ChatRole.User, "q")], options);
        Assert.Null(handler.LastJson["reasoning"]);
        Assert.Equal("prod-chat", (string?)handler.LastJson["model"]);
    }

    [Theory]
    [InlineData("us.xai.grok-4.7", "global.xai.grok-4.7", true)]
    [InlineData("grok-4-20-reasoning", "grok-4", false)]
    [InlineData("prod-chat", "test-chat", true)]
    [InlineData("prod-chat", "xai/grok-4.6", false)]
    public async Task Encrypted_reasoning_follows_the_model_behind_the_name(string thinker, string asked, bool isSent)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("hi")));
        using var client = Some.Client(handler, static o =>
        {
            o.Store = false;
            o.ModelNames["prod-chat"] = o.ModelNames["test-chat"] = "grok-4.7";
        });
        var thought = new TextReasoningContent("hm")
        {
            ProtectedData = Some.Blob,
            AdditionalProperties = new() { [GrokKeys.Content.ReasoningItemId] = $"rs_{Some.Id}", [GrokKeys.Content.ReasoningModel] = thinker },
        };
        await client.GetResponseAsync([Some.User(new TextContent("q")), new(ChatRole.Assistant, [thought, new TextContent("a")]), Some.User(new TextContent("q"))], new() { ModelId = asked });
        Assert.Equal(isSent, handler.LastBody.Contains("encrypted_content\":", StringComparison.Ordinal));
    }
}
