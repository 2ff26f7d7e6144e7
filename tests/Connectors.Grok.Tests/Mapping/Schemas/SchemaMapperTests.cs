using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Schemas;

public class SchemaMapperTests
{
    private readonly StubHandler _handler = new();

    private async Task<JsonNode> Parameters(string schema, string name = "f")
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync("q", new ChatOptions { Tools = [Function(schema, name)] });
        return _handler.LastJson["tools"]![0]!["parameters"]!;
    }

    private static AIFunctionDeclaration Function(string schema, string name = "f") => AIFunctionFactory.CreateDeclaration(name, null, Json(schema));

    private static JsonElement Json(string json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        return document.RootElement.Clone();
    }

    private static string Object(string properties, string more = "") => $$"""{"type":"object","properties":{{properties}}{{more}}}""";

    [Theory]
    // Valid already.
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null"],"enum":["x",null]}},"required":["a"],"additionalProperties":{"type":"integer"}}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":"string"}}}""", null)]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/definitions/A~1B%20C"}},"definitions":{"A/B C":{"type":"string"}}}""", null)]
    [InlineData("""{"type":"object","properties":{},"additionalProperties":true}""", null)]
    [InlineData("""{"type":"object","properties":{"$schema":{},"condition":{"const":true},"minContains":{"default":[]}}}""", null)]
    // Rejected by the service.
    [InlineData("""{"$schema":"x","condition":"c","type":"object","properties":{"a":{"condition":1,"$schema":"y"}}}""", """{"type":"object","properties":{"a":{"condition":1}}}""")]
    [InlineData("""{"type":"object","properties":{"t":true,"f":false,"n":null,"w":"x","i":{"items":true}}}""", """{"type":"object","properties":{"t":{},"f":{"not":{}},"n":{},"w":{},"i":{"items":{}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[true,{"not":false}]}}}""", """{"type":"object","properties":{"a":{"anyOf":[{},{"not":{"not":{}}}]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","null","null","string",1,1]}}}""", """{"type":"object","properties":{"a":{"type":["string","null",1]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"enum":[],"anyOf":[],"oneOf":[],"allOf":[],"required":[]}}}""", """{"type":"object","properties":{"a":{"required":[]}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"contains":{"minContains":1},"minContains":0,"maxContains":3}}}""", """{"type":"object","properties":{"a":{"contains":{}}}}""")]
    // Tuples of older drafts.
    [InlineData("""{"type":"object","properties":{"a":{"items":[true,{}],"additionalItems":false}}}""", """{"type":"object","properties":{"a":{"prefixItems":[{},{}],"items":{"not":{}}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"items":[],"additionalItems":{"type":"string"}}}}""", """{"type":"object","properties":{"a":{"items":{"type":"string"}}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"items":[{"type":"null"}],"prefixItems":[{}]},"b":{"$ref":"#/properties/a/items/0"}}}""", """{"type":"object","properties":{"a":{"prefixItems":[{}]},"b":{}}}""")]
    [InlineData("""{"type":"object","properties":{"a":{"items":[{"type":"null"}]},"b":{"$ref":"#/properties/a/items/0"}}}""", """{"type":"object","properties":{"a":{"prefixItems":[{"type":"null"}]},"b":{"$ref":"#/properties/a/prefixItems/0"}}}""")]
    // Functions without parameters.
    [InlineData("{}", """{"type":"object","properties":{}}""")]
    [InlineData("true", """{"type":"object","properties":{}}""")]
    [InlineData("null", """{"type":"object","properties":{}}""")]
    [InlineData("""{"type":"object"}""", """{"type":"object","properties":{}}""")]
    [InlineData("""{"$schema":"x","description":"d"}""", """{"description":"d","type":"object","properties":{}}""")]
    [InlineData("""{"properties":{"a":{}}}""", """{"properties":{"a":{}},"type":"object"}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{}}}""", """{"type":"object","properties":{"a":{}}}""")]
    // A choice at the root: its branches must be object schemas themselves.
    [InlineData("""{"anyOf":[{"type":"object"},{"$ref":"#/$defs/A"},{"oneOf":[{"properties":{}}]}],"$defs":{"A":{"type":["null","object"]}}}""", """{"anyOf":[{"type":"object"},{"type":"object"},{"properties":{},"type":"object"}],"$defs":{"A":{"type":["null","object"]}}}""")]
    [InlineData("""{"anyOf":[{"$ref":"#/$defs/A"},{"$ref":"#/$defs/A"}],"$defs":{"A":{"type":"object"}}}""", """{"anyOf":[{"type":"object"},{"type":"object"}],"$defs":{"A":{"type":"object"}}}""")]
    // A reference at the root.
    [InlineData("""{"$ref":"#/$defs/A","description":"mine","$defs":{"A":{"type":"object","properties":{"n":{"$ref":"#/$defs/A"}},"description":"its"}}}""", """{"description":"mine","$defs":{"A":{"type":"object","properties":{"n":{}},"description":"its"}},"type":"object","properties":{"n":{}}}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/B"},"B":{"properties":{}}}}""", """{"$defs":{"A":{"$ref":"#/$defs/B"},"B":{"properties":{}}},"properties":{},"type":"object"}""")]
    public async Task Schema_is_normalized_for_the_service(string schema, string? sent) =>
        Assert.Equal(JsonNode.Parse(sent ?? schema)!.ToJsonString(), (await Parameters(schema)).ToJsonString());

    [Theory]
    // Of Semantic Kernel: relative to the parameter, one circular and one not.
    [InlineData("""{"who":{"type":"array","items":{"type":"object","properties":{"Boss":{"type":"object","properties":{"Boss":{"$ref":"#/items/properties/Boss","description":"up"}}}}}}}""", """{"who":{"type":"array","items":{"type":"object","properties":{"Boss":{"type":"object","properties":{"Boss":{"description":"up"}}}}}}}""")]
    [InlineData("""{"who":{"type":"object","properties":{"home":{"type":"string"},"work":{"$ref":"#/properties/home"}}}}""", """{"who":{"type":"object","properties":{"home":{"type":"string"},"work":{"$ref":"#/properties/who/properties/home"}}}}""")]
    // In the rewritten reference, '/' and '~' of the parameter name are escaped and '%' is not.
    [InlineData("""{"a/b~%":{"anyOf":[{"type":"string"},{"$ref":"#/anyOf/0"}]}}""", """{"a/b~%":{"anyOf":[{"type":"string"},{"$ref":"#/properties/a~1b~0%/anyOf/0"}]}}""")]
    // Unresolvable references.
    [InlineData("""{"a":{"$ref":"#/$defs/Lost","description":"d","type":"object"},"b":{"$ref":"https://example.com/s"},"c":{"$ref":7},"d":{"$ref":"#/properties"}}""", """{"a":{"description":"d"},"b":{},"c":{},"d":{}}""")]
    [InlineData("""{"a":{"anyOf":[{}]},"b":{"$ref":"#/properties/a/anyOf/1"},"c":{"$ref":"#/properties/a/anyOf/x"},"d":{"$ref":"#/properties/a/anyOf/0/type"}}""", """{"a":{"anyOf":[{}]},"b":{},"c":{},"d":{}}""")]
    [InlineData("""{"a":{"type":"string"},"b":{"$ref":"#/properties/a/type/x"}}""", """{"a":{"type":"string"},"b":{}}""")]
    [InlineData("""{"a":{"type":"string"},"b":{"$ref":"other.json#/properties/a"}}""", """{"a":{"type":"string"},"b":{}}""")]
    // The literal name wins over the percent-decoded one.
    [InlineData("""{"a%20b":{"type":"string"},"a b":{"properties":{"x":{"$ref":"#/properties/a%20b"}}}}""", """{"a%20b":{"type":"string"},"a b":{"properties":{"x":{"$ref":"#/properties/a%20b"}}}}""")]
    // Circular references.
    [InlineData("""{"a":{"$ref":"#"},"b":{"$ref":"#/properties/c"},"c":{"$ref":"#/properties/b"},"d":{"$ref":"#/properties/d"}}""", """{"a":{},"b":{"$ref":"#/properties/c"},"c":{},"d":{}}""")]
    [InlineData("""{"a":{"$ref":"#/properties/b/properties/c"},"b":{"properties":{"c":{"properties":{"d":{"$ref":"#/properties/b"}}}}}}""", """{"a":{"$ref":"#/properties/b/properties/c"},"b":{"properties":{"c":{"properties":{"d":{}}}}}}""")]
    // The target of the reference is a property of an object whose own reference is recursive, and which is therefore emptied.
    [InlineData("""{"a":{"$ref":"#/properties/l/properties/x"},"l":{"$ref":"#","properties":{"x":{"type":"string"}}}}""", """{"a":{},"l":{}}""")]
    public async Task Schema_references_resolve_and_never_recurse(string properties, string sent) =>
        Assert.Equal(JsonNode.Parse(Object(sent))!.ToJsonString(), (await Parameters(Object(properties))).ToJsonString());

    [Fact]
    public async Task Mutually_recursive_definitions_are_cut_at_the_last_reference()
    {
        const string Defs = ""","$defs":{"A":{"properties":{"b":{"$ref":"#/$defs/B"}}},"B":{"properties":{"a":{"$ref":"#/$defs/A"}}}}""";
        Assert.Equal(
            """{"type":"object","properties":{"x":{"$ref":"#/$defs/A"},"y":{"$ref":"#/$defs/B"}},"$defs":{"A":{"properties":{"b":{"$ref":"#/$defs/B"}}},"B":{"properties":{"a":{}}}}}""",
            (await Parameters(Object("""{"x":{"$ref":"#/$defs/A"},"y":{"$ref":"#/$defs/B"}}""", Defs))).ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"string"}""")]
    [InlineData("""{"type":{}}""")]
    [InlineData("""{"type":["string","null"]}""")]
    [InlineData("""{"anyOf":[{"type":"object"},{"type":"string"}]}""")]
    [InlineData("""{"oneOf":[{"enum":[1]}]}""")]
    [InlineData("""{"oneOf":7}""")]
    [InlineData("""{"allOf":[{"type":"object"}]}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"$ref":"#/$defs/Lost"}""")]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"$ref":"#/$defs/B"},"B":{"$ref":"#/$defs/A"}}}""")]
    // The root's reference points into a definition whose own reference cannot be resolved, and which is therefore emptied.
    [InlineData("""{"$ref":"#/$defs/A/properties/b","$defs":{"A":{"$ref":"#/$defs/Lost","properties":{"b":{"type":"object"}}}}}""")]
    [InlineData("false")]
    [InlineData("[]")]
    [InlineData("\"object\"")]
    public async Task Parameters_root_that_is_not_an_object_throws_with_the_function_name(string schema)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Parameters(schema, "get_weather"));
        Assert.Contains("'get_weather'", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("get weather")]
    [InlineData("plugin.f")]
    [InlineData("größe")]
    [InlineData("a2345678901234567890123456789012345678901234567890123456789012345")]
    public async Task Invalid_function_name_throws(string name)
    {
        var tool = new Named(name);
        using var client = Some.Client(_handler);
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [tool] }));
        Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Function_names_of_semantic_kernel_are_accepted() =>
        Assert.NotNull(await Parameters("{}", "Plugin-2_Function_9012345678901234567890123456789012345678901234"));

    [Fact]
    public void Schema_nested_too_deep_is_cut()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"items":""", 400)) + "true" + new string('}', 400);
        var sent = SchemaMapper.ToFormat(Json(deep), isStrict: false).GetRawText();
        Assert.Equal(string.Concat(Enumerable.Repeat("""{"items":""", 49)) + "{}" + new string('}', 49), sent);
    }

    [Fact]
    public async Task Schema_at_the_depth_limit_fits_into_a_request()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"anyOf":[{"type":"object","properties":{"p":""", 60)) + "{}" + string.Concat(Enumerable.Repeat("}}]}", 60));
        Assert.NotNull((await Parameters(deep))["anyOf"]);
    }

    [Theory]
    [InlineData(""" {"x": """, "1", "}", 40, true)]
    [InlineData("[", "1", "]", 57, false)]
    [InlineData(""" {"x": """, "1", "}", 57, false)]
    [InlineData("[", "", "]", 56, true)]
    public async Task Schema_value_is_dropped_when_it_is_nested_too_deep(string open, string inside, string close, int depth, bool isSent)
    {
        var value = string.Concat(Enumerable.Repeat(open, depth)) + inside + string.Concat(Enumerable.Repeat(close, depth));
        var sent = await Parameters(Object("{\"a\":{\"default\":" + value + ",\"title\":\"t\"}}"));
        Assert.Equal(isSent, sent["properties"]!["a"]!.AsObject().ContainsKey("default"));
        Assert.Equal("t", (string?)sent["properties"]!["a"]!["title"]);
    }

    [Fact]
    public void Valid_schema_is_returned_unchanged_and_each_tool_is_normalized_once()
    {
        var fine = Function("""{ "type" : "object", "properties" : { } }""");
        Assert.Equal(fine.JsonSchema, SchemaMapper.ToParameters(fine));
        var wrong = Function("""{"$schema":"x","type":"object","properties":{}}""");
        Assert.Equal(SchemaMapper.ToParameters(wrong), SchemaMapper.ToParameters(wrong));
        Assert.Equal("x", wrong.JsonSchema.GetProperty("$schema").GetString());
    }

    [Fact]
    public void Changed_tool_schema_is_normalized_again()
    {
        var tool = new Named("f") { Schema = Json("{}") };
        Assert.False(SchemaMapper.ToParameters(tool).GetProperty("properties").TryGetProperty("a", out _));
        tool.Schema = Json("""{"properties":{"a":{}}}""");
        Assert.True(SchemaMapper.ToParameters(tool).GetProperty("properties").TryGetProperty("a", out _));
    }

    [Fact]
    public void Declaration_without_a_schema_has_no_parameters() =>
        Assert.Equal("""{"type":"object","properties":{}}""", SchemaMapper.ToParameters(new Named("f")).GetRawText());

    private sealed class Named(string name) : AIFunctionDeclaration
    {
        public override string Name => name;

        public JsonElement Schema { get; set; }

        public override JsonElement JsonSchema => Schema;
    }
}
