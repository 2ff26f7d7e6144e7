using System.Text.Json;
using Connectors.Grok.Mapping.Schemas;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Schemas;

public class SchemaKeywordTests
{
    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    private static string Sent(string schema, bool isStrict = false) => SchemaMapper.ToFormat(Json(schema), isStrict).GetRawText();

    /// <summary>Asserts the normalized schema; <c>word</c> stands for the keyword in both.</summary>
    private static void AssertNormalized(string sent, string schema, string keyword, bool isStrict = false) => Assert.Equal(WithKeyword(sent, keyword), Sent(WithKeyword(schema, keyword), isStrict));

    private static string WithKeyword(string schema, string keyword) => schema.Replace("word", keyword, StringComparison.Ordinal);

    [Theory]
    [InlineData("properties")]
    [InlineData("patternProperties")]
    [InlineData("$defs")]
    [InlineData("definitions")]
    [InlineData("dependentSchemas")]
    public void Keyword_with_named_schemas_is_normalized(string keyword) =>
        AssertNormalized("""{"word":{"x":{},"y":{"not":{}}}}""", """{"word":{"x":true,"y":false}}""", keyword);

    [Theory]
    [InlineData("anyOf")]
    [InlineData("oneOf")]
    [InlineData("allOf")]
    [InlineData("prefixItems")]
    public void Keyword_with_a_list_of_schemas_is_normalized(string keyword) =>
        AssertNormalized("""{"word":[{},{"type":"string"}]}""", """{"word":[true,{"$schema":"x","type":"string"}]}""", keyword);

    [Theory]
    [InlineData("items")]
    [InlineData("contains")]
    [InlineData("not")]
    [InlineData("if")]
    [InlineData("then")]
    [InlineData("else")]
    [InlineData("propertyNames")]
    public void Keyword_with_one_schema_is_normalized(string keyword) => AssertNormalized("""{"word":{}}""", """{"word":true}""", keyword);

    [Theory]
    [InlineData("additionalProperties")]
    [InlineData("additionalItems")]
    [InlineData("unevaluatedProperties")]
    [InlineData("unevaluatedItems")]
    public void Keyword_with_a_schema_or_a_boolean_is_normalized_and_keeps_the_boolean(string keyword)
    {
        AssertNormalized("""{"word":{"type":"string"}}""", """{"word":{"$schema":"x","type":"string"}}""", keyword);
        AssertNormalized("""{"word":false}""", """{"word":false}""", keyword);
    }

    [Fact]
    public void Value_that_looks_like_a_schema_is_not_normalized() =>
        Assert.Equal("""{"default":{"$schema":"x"},"examples":[true]}""", Sent("""{"default":{"$schema":"x"},"examples":[true]}"""));

    [Theory]
    [InlineData("$defs")]
    [InlineData("definitions")]
    public void Strict_schema_applies_to_definitions_of_every_draft(string keyword) => AssertNormalized(
        """{"type":"array","word":{"A":{"type":"object","properties":{"b":{}},"additionalProperties":false,"required":["b"]}}}""",
        """{"type":"array","word":{"A":{"type":"object","properties":{"b":{}}}}}""",
        keyword,
        isStrict: true);

    [Fact]
    public void Format_caches_strict_and_lenient_schemas_separately()
    {
        var schema = Json("""{"$schema":"x","type":"object","properties":{"a":{}}}""");
        foreach (var isStrictFirst in (bool[])[false, true])
        {
            var format = (ChatResponseFormatJson)ChatResponseFormat.ForJsonSchema(schema);
            foreach (var isStrict in (bool[])[isStrictFirst, !isStrictFirst])
            {
                Assert.Equal(Sent(schema.GetRawText(), isStrict), SchemaMapper.ToFormat(format, schema, isStrict).GetRawText());
            }

            // Both are cached: the same element is returned.
            Assert.Equal(SchemaMapper.ToFormat(format, schema, isStrictFirst), SchemaMapper.ToFormat(format, schema, isStrictFirst));
        }
    }

    [Fact]
    public void Format_schema_that_is_not_an_object_throws_with_its_kind()
    {
        var e = Assert.Throws<ArgumentException>("schema", static () => Sent("[]"));
        Assert.StartsWith("The schema of a response format must be a JSON object; this is Array.", e.Message, StringComparison.Ordinal);
    }
}
