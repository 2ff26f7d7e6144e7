using System.Text.Json.Nodes;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

public class GrokChatOptionsExtensionsTests
{
    /// <summary>Each setter, the member of the request that it becomes, and its value there.</summary>
    private static readonly (Func<ChatOptions, ChatOptions> Set, string? Member, string? Value)[] Setters =
    [
        (static o => o.WithStore(true), "store", "true"),
        (static o => o.WithPreviousResponseId("r-1"), "previous_response_id", "\"r-1\""),
        (static o => o.WithInclude("a", "b"), "include", """["a","b"]"""),
        (static o => o.WithUser("u"), "user", "\"u\""),
        (static o => o.WithSafetyIdentifier("hash"), "safety_identifier", "\"hash\""),
        (static o => o.WithPromptCacheKey("c"), "prompt_cache_key", "\"c\""),
        (static o => o.WithServiceTier("priority"), "service_tier", "\"priority\""),
        (static o => o.WithServiceTier(GrokServiceTiers.Fast), "service_tier", "\"fast\""),
        (static o => o.WithMaxTurns(3), "max_turns", "3"),
        (static o => o.WithMinP(0.25), "min_p", "0.25"),
        (static o => o.WithGuidelines(GrokGuidelines.Nsfw, GrokGuidelines.Violence, GrokGuidelines.Profanity), "guidelines",
            """[{"type":"policy","category":"nsfw","behavior":"decline"},{"type":"policy","category":"violence","behavior":"decline"},{"type":"policy","category":"profanity","behavior":"decline"}]"""),
        (static o => o.WithStreamToolCalls(), "stream_tool_calls", "true"),
        (static o => o.WithLogProbs(2), "top_logprobs", "2"),
        (static o => o.WithLogProbs(), "logprobs", "true"),
        (static o => o.WithExtraBody(new JsonObject { ["future"] = new JsonArray(1, "x") }), "future", """[1,"x"]"""),
        (static o => o.WithStrictSchema(), null, null),
        (static o => o.WithStrictOptions(), null, null),
        (static o => o.WithParentTurn("t1"), null, null),
    ];

    [Fact]
    public async Task Every_options_setter_reaches_the_request()
    {
        foreach (var (set, member, value) in Setters.Where(static s => s.Member is not null))
        {
            var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
            using var client = Some.Client(handler);
            await client.GetResponseAsync("q", set(new ChatOptions()));
            Assert.Equal(value, handler.LastJson[member!]?.ToJsonString());
        }
    }

    [Fact]
    public void Every_options_setter_returns_a_copy_and_does_not_change_the_options()
    {
        Assert.All(Setters, static s =>
        {
            var options = new ChatOptions { ModelId = "m", AdditionalProperties = new() { ["mine"] = 1 } };
            var copy = s.Set(options);
            Assert.NotSame(options, copy);
            Assert.Equal(["mine"], options.AdditionalProperties.Keys);
            Assert.Equal("m", copy.ModelId);
            Assert.Equal(1, copy.AdditionalProperties!["mine"]);
            Assert.True(copy.AdditionalProperties.Count > 1);

            var bare = new ChatOptions();
            Assert.NotNull(s.Set(bare).AdditionalProperties);
            Assert.Null(bare.AdditionalProperties);
            Assert.Throws<ArgumentNullException>(() => s.Set(null!));
        });
    }

    [Fact]
    public async Task Strict_options_make_an_unsupported_option_throw()
    {
        using var client = Some.Client(new StubHandler());
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("q", new ChatOptions { PresencePenalty = 1 }.WithStrictOptions()));
    }

    [Fact]
    public async Task Strict_schema_marks_functions_without_a_strict_flag()
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        await client.GetResponseAsync("q", new ChatOptions { Tools = [AIFunctionFactory.CreateDeclaration("f", null, System.Text.Json.JsonElement.Parse("""{"type":"object"}"""))] }.WithStrictSchema());
        Assert.True((bool?)handler.LastJson["tools"]![0]!["strict"]);
    }

    [Fact]
    public void Options_setter_throws_for_invalid_values()
    {
        var options = new ChatOptions();
        Assert.Throws<ArgumentException>("user", () => options.WithUser(" "));
        Assert.Throws<ArgumentOutOfRangeException>("turns", () => options.WithMaxTurns(0));
        Assert.Throws<ArgumentOutOfRangeException>("alternatives", () => options.WithLogProbs(-1));
        Assert.Throws<ArgumentOutOfRangeException>("minP", () => options.WithMinP(1.1));
        Assert.Throws<ArgumentOutOfRangeException>("minP", () => options.WithMinP(double.NaN));
        Assert.Throws<ArgumentException>("declined", () => options.WithGuidelines("nsfw", " "));
        Assert.Throws<ArgumentNullException>("declined", () => options.WithGuidelines(null!));
        Assert.Throws<ArgumentException>("include", () => options.WithInclude("a", ""));
        Assert.Throws<ArgumentNullException>("body", () => options.WithExtraBody(null!));
    }

    [Fact]
    public void Image_detail_is_set_on_a_copy_of_the_content()
    {
        var image = new DataContent(Some.Png, "image/png") { Name = "a.png", AdditionalProperties = new() { ["mine"] = 1 }, Annotations = [new CitationAnnotation()] };
        var copy = image.WithImageDetail("low");
        Assert.Null(image.GetImageDetail());
        Assert.Equal("low", copy.GetImageDetail());
        Assert.Equal(("a.png", "image/png", image.Uri, 1), (copy.Name, copy.MediaType, copy.Uri, copy.AdditionalProperties!["mine"]));
        copy.Annotations!.Clear();
        Assert.Single(image.Annotations);

        var link = new UriContent("https://example.org/a.png", "image/png");
        Assert.Equal((link.Uri, "high"), (link.WithImageDetail("high").Uri, link.WithImageDetail("high").GetImageDetail()));
        Assert.Null(link.AdditionalProperties);
    }
}
