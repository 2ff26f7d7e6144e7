using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping.Schemas;
using Connectors.Grok.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace Connectors.Grok.Tests.Mapping.Schemas;

/// <summary>Every normalized schema follows the service's rules, and normalizing it again changes nothing.</summary>
public class SchemaPropertyTests
{
    private static readonly string[] References =
    [
        "#", "#/$defs/A", "#/$defs/B", "#/$defs/A/properties/x", "#/definitions/C", "#/properties/x", "#/properties/y/items", "#/properties/y/items/0", "#/items/properties/x", "#/items/0",
        "#/anyOf/1", "#/nowhere", "other.json#/x", "#/properties/x/properties/x", "#/properties/%78", "#/prefixItems/0",
    ];

    private static readonly Gen<JsonNode?> Leaf = Gen.OneOf(
        Gen.Elements("true", "false", "{}", "null", """{"type":["string","null","null"]}""", """{"enum":[],"minContains":2,"maxContains":1}""", """{"anyOf":[],"$schema":"s"}""", """{"type":"integer"}""")
            .Select(static json => JsonNode.Parse(json)),
        Gen.Elements(References).Select(static reference => (JsonNode?)new JsonObject { ["$ref"] = reference, ["description"] = "d" }));

    [Fact(Explicit = RoomRun.IsOne)]
    public void Any_schema_is_normalized_in_one_pass() =>
        Prop.ForAll(Gen.Sized(size => Root(Math.Min(size, 12))).ToArbitrary(), Holds).Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(12));

    private static void Holds(JsonNode? schema)
    {
        using var document = JsonDocument.Parse(schema!.ToJsonString());
        var given = document.RootElement;
        var before = given.GetRawText();
        var once = SchemaNormalizer.Normalize(given);
        Assert.Equal(before, given.GetRawText());
        Assert.Equal(once, SchemaNormalizer.Normalize(once));
        var root = (JsonObject)JsonNode.Parse(once.GetRawText())!;
        Assert.False(root.ContainsKey("condition") || root.ContainsKey("$ref"));
        Obeys(root, root, []);
        if (SchemaNormalizer.NormalizeObject(given) is { } parameters)
        {
            Assert.Equal(parameters, SchemaNormalizer.NormalizeObject(parameters));
        }
    }

    /// <summary>Follows references as a reader of the schema would; a recursive one would not end.</summary>
    private static void Obeys(JsonObject schema, JsonObject root, HashSet<JsonNode> open)
    {
        Assert.True(open.Add(schema), "A schema refers back to itself.");
        foreach (var (keyword, value) in schema)
        {
            Assert.False(keyword is "$schema" or "minContains" or "maxContains", keyword);
            Assert.False(value is JsonArray { Count: 0 } && (keyword is "enum" or "anyOf" or "oneOf" or "allOf"), keyword);
            if (keyword == "type" && value is JsonArray types)
            {
                Assert.Equal(types.Count, types.Select(static t => t!.ToJsonString()).Distinct().Count());
            }

            if (keyword == "$ref")
            {
                var target = root as JsonNode;
                foreach (var step in ((string)value!).Split('/').Skip(1))
                {
                    var name = Uri.UnescapeDataString(step);
                    target = target is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)] : target![name];
                }

                Obeys(Assert.IsType<JsonObject>(target), root, open);
            }

            foreach (var child in Children(keyword, value))
            {
                Obeys(Assert.IsType<JsonObject>(child), root, open);
            }
        }

        open.Remove(schema);
    }

    private static IEnumerable<JsonNode?> Children(string keyword, JsonNode? value) => keyword switch
    {
        "properties" or "$defs" or "definitions" => value!.AsObject().Select(static m => m.Value),
        "anyOf" or "oneOf" or "allOf" or "prefixItems" => value!.AsArray(),
        "items" or "not" => [value],
        "additionalProperties" when value is JsonObject => [value],
        _ => [],
    };

    private static Gen<JsonNode?> Root(int size) =>
        from root in Members(size, "properties", "$defs", "definitions", "items", "anyOf")
        from isObject in Gen.Elements(true, false)
        select Rooted(root, isObject);

    private static JsonNode? Rooted(JsonObject root, bool isObject)
    {
        root["$schema"] = "s";
        root["condition"] = "c";
        if (isObject)
        {
            root["type"] = "object";
        }

        return root;
    }

    private static Gen<JsonNode?> Schema(int size) => size < 1
        ? Leaf
        : Gen.OneOf(Leaf, Members(size, "properties", "items", "tuple", "anyOf", "additionalProperties", "not", "prefixItems", "$ref", "$defs", "oneOf").Select(static o => (JsonNode?)o));

    private static Gen<JsonObject> Members(int size, params string[] keywords) =>
        from first in Gen.Elements(keywords)
        from second in Gen.Elements(keywords)
        from third in Gen.Elements(keywords)
        from a in Value(first, size / 3)
        from b in Value(second, size / 3)
        from c in Value(third, size / 3)
        select Object((first, a), (second, b), (third, c));

    private static JsonObject Object(params (string Keyword, JsonNode? Value)[] members)
    {
        var schema = new JsonObject();
        foreach (var (keyword, value) in members)
        {
            // A generated value may be drawn twice; a node has one parent.
            schema[keyword == "tuple" ? "items" : keyword] = value?.DeepClone();
        }

        return schema;
    }

    private static Gen<JsonNode?> Value(string keyword, int size) => keyword switch
    {
        "properties" or "$defs" or "definitions" =>
            from names in Gen.Elements("x", "y", "A", "B", "C").ListOf(2)
            from x in Schema(size)
            from y in Schema(size)
            select (JsonNode?)Object((names[0], x), (names[1], y)),
        "anyOf" or "oneOf" or "prefixItems" or "tuple" =>
            from list in Schema(size).ListOf(2)
            from count in Gen.Choose(0, 2)
            select (JsonNode?)new JsonArray([.. list.Take(count).Select(static n => n?.DeepClone())]),
        "$ref" => Gen.Elements(References).Select(static r => (JsonNode?)JsonValue.Create(r)),
        _ => Schema(size),
    };
}
