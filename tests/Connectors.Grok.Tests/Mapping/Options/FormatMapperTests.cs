using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Options;
using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

public class FormatMapperTests
{
    private const string Schema = """{"$schema":"x","type":"object","properties":{"n":{"type":"integer","default":3},"t":true}}""";
    private const string Plain = """{"type":"object","properties":{"n":{"type":"integer","default":3},"t":{}}}""";

    private readonly StubHandler _handler = new();

    private async Task<string?> Text(ChatOptions options)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("{}"))));
        await client.GetResponseAsync("q", options);
        return _handler.LastJson["text"]?.ToJsonString();
    }

    private Task<string?> Text(ChatResponseFormat format, bool? strict = null) =>
        Text(new ChatOptions { ResponseFormat = format, AdditionalProperties = strict is null ? null : new() { ["strict"] = strict } });

    private Task<string?> Text(string key, object? value) => Text(new ChatOptions { AdditionalProperties = new() { [key] = value } });

    private static string Format(string members) => "{\"format\":{\"type\":\"json_schema\"," + members + "}}";

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    [Fact]
    public async Task Text_JSON_and_schema_formats_are_sent()
    {
        Assert.Null(await Text(new ChatOptions()));
        Assert.Equal("""{"format":{"type":"text"}}""", await Text(ChatResponseFormat.Text));
        Assert.Equal("""{"format":{"type":"json_object"}}""", await Text(ChatResponseFormat.Json));
        Assert.Equal(
            Format("\"name\":\"my_type\",\"description\":\"d\",\"schema\":" + Plain),
            await Text(ChatResponseFormat.ForJsonSchema(Json(Schema), "my type", "d")));
    }

    [Theory]
    [InlineData(null, "answer")]
    [InlineData(" ", "answer")]
    [InlineData("List<int>", "List_int_")]
    [InlineData("Größe", "Gr__e")]
    [InlineData("a23456789012345678901234567890123456789012345678901234567890123456", "a234567890123456789012345678901234567890123456789012345678901234")]
    public async Task Format_name_is_sanitized(string? given, string sent) =>
        Assert.Equal(sent, (string?)JsonNode.Parse((await Text(ChatResponseFormat.ForJsonSchema(Json("{}"), given)))!)!["format"]!["name"]);

    [Fact]
    public async Task Strict_format_requires_every_property_and_forbids_others()
    {
        Assert.Equal(
            """{"format":{"type":"json_schema","name":"answer","schema":{"type":"object","properties":{"n":{"type":"integer","description":"Default value: 3"},"t":{}},"additionalProperties":false,"required":["n","t"]},"strict":true}}""",
            await Text(ChatResponseFormat.ForJsonSchema(Json(Schema)), strict: true));
        Assert.Equal(Format("\"name\":\"answer\",\"schema\":" + Plain + ",\"strict\":false"), await Text(ChatResponseFormat.ForJsonSchema(Json(Schema)), strict: false));
    }

    [Fact]
    public async Task Strict_format_applies_to_definitions()
    {
        var sent = JsonNode.Parse((await Text(
            ChatResponseFormat.ForJsonSchema(Json("""{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"m":{"type":"object","additionalProperties":{"type":"string"}}},"$defs":{"A":{"type":"object","properties":{"b":{"items":{"type":"object","properties":{"c":{}}}}}}}}""")),
            strict: true))!)!["format"]!["schema"]!;
        Assert.Equal(
            """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"},"m":{"type":"object","additionalProperties":{"type":"string"}}},"$defs":{"A":{"type":"object","properties":{"b":{"items":{"type":"object","properties":{"c":{}},"additionalProperties":false,"required":["c"]}}},"additionalProperties":false,"required":["b"]}},"additionalProperties":false,"required":["a","m"]}""",
            sent.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"object","additionalProperties":true,"unevaluatedProperties":false}""")]
    [InlineData("""{"type":"array","prefixItems":[{}],"unevaluatedItems":true,"items":{"type":"object"}}""")]
    [InlineData("""{"$defs":7,"definitions":{},"anyOf":[{"not":{}}]}""")]
    [InlineData("true")]
    public async Task Strict_format_accepts_boolean_schemas_and_odd_shapes(string schema) =>
        Assert.Contains("\"strict\":true", await Text(ChatResponseFormat.ForJsonSchema(Json(schema)), strict: true), StringComparison.Ordinal);

    [Fact]
    public void Format_schema_is_normalized_once_per_strictness()
    {
        var format = (ChatResponseFormatJson)ChatResponseFormat.ForJsonSchema(Json(Schema));
        var notes = new MappingDiagnostics(isStrict: false, dropsContent: false);
        foreach (var strict in new bool?[] { null, true })
        {
            Assert.Equal(Sent(strict), Sent(strict));
        }

        JsonElement? Sent(bool? strict) => OptionsMapper.ToRequest(new ChatOptions { ResponseFormat = format }, strict, notes).Text!.Format!.Schema;
    }

    [Fact]
    public async Task Tools_and_a_response_format_are_sent_together()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Json, Tools = [AIFunctionFactory.CreateDeclaration("f", null, Json("{}"))] };
        Assert.NotNull(await Text(options));
        Assert.NotNull(_handler.LastJson["tools"]);
    }

    /// <summary>Key, value as JSON, what is sent.</summary>
    public static TheoryData<string, string, string> Given => new()
    {
        { "response_format", "\"text\"", """{"type":"text"}""" },
        { "response_format", "\"json_object\"", """{"type":"json_object"}""" },
        { "response_format", """{"type":"json_object"}""", """{"type":"json_object"}""" },
        { "response_format", """{"type":"object","properties":{}}""", """{"type":"json_schema","name":"answer","schema":{"type":"object","properties":{}}}""" },
        { "response_format", """{"type":"json_schema","json_schema":{"name":"a b","description":"d","strict":false,"schema":{"$schema":"x"}}}""", """{"type":"json_schema","name":"a_b","description":"d","schema":{},"strict":false}""" },
        { "response_format", """{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"a":{}}},"strict":"true"}""", """{"type":"json_schema","name":"n","schema":{"type":"object","properties":{"a":{}},"additionalProperties":false,"required":["a"]},"strict":true}""" },
        { "text", """{"format":{"type":"json_object"},"verbosity":"low"}""", """{"type":"json_object"}""" },
    };

    [Theory]
    [MemberData(nameof(Given))]
    public async Task Format_keys_of_both_API_generations_are_read(string key, string value, string sent) =>
        Assert.Equal("{\"format\":" + sent + "}", await Text(key, Json(value)));

    /// <summary>The flag of the format, the flag of the key, and the expected flag.</summary>
    [Theory]
    [InlineData(",\"strict\":false", true, false)]
    [InlineData(",\"strict\":true", false, true)]
    [InlineData(",\"strict\":true", null, true)]
    [InlineData("", true, true)]
    [InlineData("", false, false)]
    [InlineData("", null, null)]
    public async Task Strict_flag_of_the_format_wins_over_the_key(string own, bool? key, bool? strict)
    {
        var format = Json("{\"type\":\"json_schema\",\"name\":\"n\",\"schema\":{\"properties\":{\"a\":{}}}" + own + "}");
        var sent = JsonNode.Parse((await Text(new ChatOptions { AdditionalProperties = new() { ["response_format"] = format, ["strict"] = key } }))!)!["format"]!;
        Assert.Equal((strict, strict == true ? false : null), ((bool?)sent["strict"], (bool?)sent["schema"]!["additionalProperties"]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(null)]
    public async Task Strict_key_applies_to_a_bare_schema(bool? strict)
    {
        var options = new ChatOptions { AdditionalProperties = new() { ["response_format"] = Json("""{"type":"object","properties":{"a":{}}}"""), ["strict"] = strict } };
        var sent = JsonNode.Parse((await Text(options))!)!["format"]!;
        Assert.Equal((strict, strict == true ? false : null), ((bool?)sent["strict"], (bool?)sent["schema"]!["additionalProperties"]));
    }

    [Fact]
    public async Task Json_schema_format_without_a_wrapper_uses_its_own_members() =>
        Assert.Equal(
            """{"format":{"type":"json_schema","name":"n","schema":{}}}""",
            await Text("response_format", Json("""{"type":"json_schema","json_schema":true,"name":"n","schema":{}}""")));

    [Fact]
    public async Task Response_format_key_accepts_typed_formats_and_ignores_blanks()
    {
        Assert.Equal("""{"format":{"type":"json_object"}}""", await Text("response_format", ChatResponseFormat.Json));
        Assert.Equal("""{"format":{"type":"json_object"}}""", await Text("response_format", "json_object"));
        Assert.Null(await Text("response_format", ""));
        Assert.Null(await Text("text", Json("{}")));
    }

    [Fact]
    public async Task Format_passed_as_a_schema_is_read_as_a_format()
    {
        Assert.Equal("""{"format":{"type":"json_object"}}""", await Text(ChatResponseFormat.ForJsonSchema(Json("""{"type":"json_object"}"""))));
        Assert.Equal(
            """{"format":{"type":"json_schema","name":"n","schema":{}}}""",
            await Text(ChatResponseFormat.ForJsonSchema(Json("""{"type":"json_schema","json_schema":{"name":"n","schema":{}}}"""))));
    }

    [Fact]
    public async Task Format_of_the_raw_request_wins_over_the_member_and_the_member_over_the_keys()
    {
        var options = new ChatOptions { ResponseFormat = ChatResponseFormat.Text, AdditionalProperties = new() { ["response_format"] = "json_object" } };
        Assert.Equal("""{"format":{"type":"text"}}""", await Text(options));
        options.RawRepresentationFactory = _ => new CreateResponseRequest { Text = new() { Format = new() { Type = "raw" } } };
        Assert.Equal("""{"format":{"type":"raw"}}""", await Text(options));
    }

    [Theory]
    [InlineData("response_format", "\"xml\"", "is neither text, json_object nor a schema.")]
    [InlineData("response_format", "\"json_schema\"", "is neither text, json_object nor a schema.")]
    [InlineData("response_format", "7", "is neither text, json_object nor a schema.")]
    [InlineData("response_format", """{"type":"json_schema","name":"n"}""", "is a json_schema without a schema.")]
    [InlineData("text", "\"json_object\"", "")]
    public async Task Invalid_format_throws_with_its_key(string key, string value, string words)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Text(key, Json(value)));
        Assert.StartsWith($"AdditionalProperties[\"{key}\"] {words}", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public void Format_schema_that_is_not_an_object_throws() => Assert.Throws<ArgumentException>(static () => SchemaMapper.ToFormat(Json("[]"), isStrict: false));
}
