using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping.Schemas;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Schemas;

/// <summary>Parameters of a function whose root is a choice: xAI rejects the tool unless every branch is an object schema itself.</summary>
public class SchemaChoiceTests
{
    [Theory]
    // Branches that only require members of the root.
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""", """{"type":"object","properties":{"a":{},"b":{}},"anyOf":[{"required":["a"],"type":"object"},{"required":["b"],"type":"object"}]}""")]
    [InlineData("""{"properties":{"a":{}},"oneOf":[{"required":["a"]},{"not":{"required":["a"]}}]}""", """{"properties":{"a":{}},"oneOf":[{"required":["a"],"type":"object"},{"not":{"required":["a"]},"type":"object"}],"type":"object"}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{}},"anyOf":[{"required":["a"]}]}""", """{"type":"object","properties":{"a":{}},"anyOf":[{"required":["a"],"type":"object"}]}""")]
    [InlineData("""{"type":["object","null"],"properties":{"a":{}},"allOf":[{"required":["a"]}]}""", """{"type":"object","properties":{"a":{}},"allOf":[{"required":["a"]}]}""")]
    // Branches without a type.
    [InlineData("""{"anyOf":[{"properties":{"a":{}}},{"required":["b"]},{},true]}""", """{"anyOf":[{"properties":{"a":{}},"type":"object"},{"required":["b"],"type":"object"},{"type":"object"},{"type":"object"}]}""")]
    [InlineData("""{"oneOf":[{"type":["object","null"],"properties":{}}]}""", """{"oneOf":[{"type":"object","properties":{}}]}""")]
    // A choice in a choice.
    [InlineData("""{"oneOf":[{"oneOf":[{"type":"object","properties":{"a":{}}},{"anyOf":[{"properties":{"b":{}}}]}]},{"type":"object"}]}""", """{"oneOf":[{"type":"object","properties":{"a":{}}},{"properties":{"b":{}},"type":"object"},{"type":"object"}]}""")]
    [InlineData("""{"oneOf":[{"description":"d","oneOf":[{"required":["a"]},{"required":["b"]}],"properties":{"a":{},"b":{}}}]}""", """{"oneOf":[{"description":"d","oneOf":[{"required":["a"],"type":"object"},{"required":["b"],"type":"object"}],"properties":{"a":{},"b":{}},"type":"object"}]}""")]
    [InlineData("""{"anyOf":[{"title":"t","anyOf":[{"type":"object"}]}]}""", """{"anyOf":[{"title":"t","anyOf":[{"type":"object"}],"type":"object"}]}""")]
    // References, also to a choice.
    [InlineData("""{"anyOf":[{"$ref":"#/$defs/A","description":"mine"},{"$ref":"#/$defs/B"}],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/S"}},"description":"its"},"B":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}]},"S":{"type":"string"}}}""", """{"anyOf":[{"description":"mine","type":"object","properties":{"x":{"$ref":"#/$defs/S"}}},{"type":"object","properties":{"x":{"$ref":"#/$defs/S"}},"description":"its"}],"$defs":{"A":{"type":"object","properties":{"x":{"$ref":"#/$defs/S"}},"description":"its"},"B":{"anyOf":[{"$ref":"#/$defs/A"},{"type":"null"}]},"S":{"type":"string"}}}""")]
    // Null is no argument list.
    [InlineData("""{"anyOf":[{"type":"object","properties":{"a":{}}},{"type":"null"}]}""", """{"anyOf":[{"type":"object","properties":{"a":{}}}]}""")]
    [InlineData("""{"oneOf":[{"const":null},{"enum":[null]},{"type":["null"]},{"type":"object"}]}""", """{"oneOf":[{"type":"object"}]}""")]
    // A reference into a branch that moved.
    [InlineData("""{"anyOf":[{"type":"null"},{"oneOf":[{"type":"object","properties":{"a":{"type":"string"},"b":{"$ref":"#/anyOf/1/oneOf/0/properties/a"}}}]}]}""", """{"anyOf":[{"type":"object","properties":{"a":{"type":"string"},"b":{"$ref":"#/anyOf/0/properties/a"}}}]}""")]
    // A choice below the root stays as it is.
    [InlineData("""{"type":"object","properties":{"a":{"anyOf":[{"type":"object"},{"type":"null"},{"oneOf":[{}]}]}}}""", null)]
    public void Choice_at_the_root_has_object_branches(string schema, string? sent)
    {
        var mapped = Parameters(schema);
        Assert.Equal(JsonNode.Parse(sent ?? schema)!.ToJsonString(), mapped.GetRawText());
        Assert.Equal(mapped.GetRawText(), Parameters(mapped.GetRawText()).GetRawText());
    }

    [Theory]
    [InlineData("""{"anyOf":[{"type":"null"}]}""")]
    [InlineData("""{"anyOf":[{"type":"object"},{"$ref":"#/$defs/Lost"}]}""")]
    [InlineData("""{"anyOf":[{"type":"object"},{"$ref":"#"}]}""")]
    [InlineData("""{"anyOf":[{"oneOf":[{"type":"object"},{"type":"string"}]}]}""")]
    [InlineData("""{"anyOf":[{"type":"object"},{"enum":[1]}]}""")]
    [InlineData("""{"anyOf":[{"type":"object"},false]}""")]
    public void Choice_at_the_root_with_a_branch_that_is_no_object_throws(string schema) =>
        Assert.Contains("'f'", Assert.Throws<ArgumentException>(() => Parameters(schema)).Message, StringComparison.Ordinal);

    [Fact]
    public void Schema_of_a_response_format_keeps_its_choice()
    {
        const string Schema = """{"anyOf":[{"required":["a"]},{"type":"null"}]}""";
        Assert.Equal(Schema, SchemaMapper.ToFormat(JsonDocument.Parse(Schema).RootElement, isStrict: false).GetRawText());
    }

    private static JsonElement Parameters(string schema) => SchemaMapper.ToParameters(AIFunctionFactory.CreateDeclaration("f", null, JsonDocument.Parse(schema).RootElement));
}
