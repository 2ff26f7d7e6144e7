using System.Text.Json;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

/// <summary>The exact messages for values that cannot be read, and the limits of numbers.</summary>
public class LenientReaderTests
{
    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static LenientReader Reader(object? value, string? owner = null) => new(new() { ["key"] = value }, owner);

    private static LenientOptions Options(params (string Key, object? Value)[] keys) =>
        new(new ChatOptions { AdditionalProperties = new(keys.Select(static k => KeyValuePair.Create(k.Key, k.Value))) });

    private static MappingDiagnostics Notes() => new(isStrict: false, dropsContent: false);

    [Fact]
    public void Null_of_JSON_is_no_text() =>
        Assert.Null(new LenientReader(new() { ["user"] = JsonDocument.Parse("null").RootElement }).Text("user"));

    [Fact]
    public void Unreadable_value_throws_with_its_key_and_the_reason()
    {
        foreach (var (read, value, why) in ((Func<LenientReader, object?>, object, string)[])
            [
                (static r => r.Bool("key"), "yes", "is neither true nor false"),
                (static r => r.Int("key", 1), 0, "is not a whole number from 1 to 2147483647"),
                (static r => r.Long("key", -2, 2), 3, "is not a whole number from -2 to 2"),
                (static r => r.Number("key", 0, 2), 2.5, "is out of its range"),
                (static r => r.Number("key", 0, 2), "warm", "is not a number"),
                (static r => r.Text("key"), true, "is not text"),
                (static r => r.Texts("key"), 7, "is not a list of texts"),
                (static r => r.Texts("key"), Json("""["a",7]"""), "contains an entry that is not text"),
                (static r => r.Object("key"), "x", "is not an object"),
                (static r => r.Items("key"), "x", "is not a list"),
                (static r => r.Any("key"), new Lazy<int>(), "cannot be written as JSON"),
            ])
        {
            Assert.Equal($"AdditionalProperties[\"key\"] {why}. (Parameter 'key')", Assert.Throws<ArgumentException>(() => read(Reader(value))).Message);
            Assert.Equal("owner.key", Assert.Throws<ArgumentException>(() => read(Reader(value, "owner"))).ParamName);
        }
    }

    [Fact]
    public void Numbers_at_the_limits_are_accepted()
    {
        Assert.Equal([1, int.MaxValue], [Reader(1).Int("key", 1), Reader(int.MaxValue).Int("key", 1)]);
        Assert.Equal([-2L, 2], [Reader(-2).Long("key", -2, 2), Reader("2").Long("key", -2, 2)]);
        Assert.Equal([0.0, 2], [Reader(0).Number("key", 0, 2), Reader(Json("2.0")).Number("key", 0, 2)]);
        foreach (var value in (object[])[-0.001, 2.001])
        {
            Assert.Throws<ArgumentException>(() => Reader(value).Number("key", 0, 2));
        }
    }

    [Fact]
    public void JSON_value_nested_900_deep_is_read()
    {
        object value = "deep";
        for (var depth = 0; depth < 900; depth++)
        {
            value = new[] { value };
        }

        Assert.Equal(902 + 904, Reader(value).Any("key")!.Value.GetRawText().Length);
    }

    [Theory]
    [InlineData("extra_body", """{"input":"x"}""", "cannot hold 'input': the messages and the method called decide it")]
    [InlineData("reasoning_effort", "\"max\"", "is 'max', which is none of none, minimal, low, medium, high and xhigh")]
    [InlineData("tools", "[7]", "holds something that is neither an AITool nor a JSON object")]
    public void Invalid_option_value_throws_with_the_exact_message(string key, string json, string why)
    {
        var options = Options((key, Json(json)));
        var e = Assert.Throws<ArgumentException>(() => (options.ToRequest(Notes()), options.ToBody(Notes())));
        Assert.Equal($"AdditionalProperties[\"{key}\"] {why}. (Parameter '{key}')", e.Message);
    }

    [Fact]
    public void Key_of_the_service_wins_over_its_alias()
    {
        var request = Options(("conversation_id", "c"), ("previous_response_id", "p"), ("reasoning_effort", "low"), ("reasoning", Json("""{"effort":"high"}"""))).ToRequest(Notes());
        Assert.Equal(("p", "high"), (request.PreviousResponseId, request.Reasoning!.Effort));
    }

    [Fact]
    public void Dropped_key_is_reported_with_its_replacement()
    {
        var notes = Notes();
        Options(("metadata", Json("{}")), ("search_parameters", Json("{}")), ("max_tool_calls", 1)).ToRequest(notes);
        Assert.Equal(["metadata", "search_parameters (Live Search is retired: offer the web search tool)", "max_tool_calls"], notes.Dropped);
    }

    [Theory]
    [InlineData("""{"type":"hologram"}""", "hologram")]
    [InlineData("""{"name":"odd"}""", "")]
    [InlineData("""{"type":7}""", "")]
    public void Tool_without_a_readable_type_has_an_empty_type(string json, string type) =>
        Assert.Equal(type, Assert.IsType<UnknownTool>(Assert.Single(Options(("tools", new object[] { Json(json) })).ToRequest(Notes()).Tools!)).Type);
}
