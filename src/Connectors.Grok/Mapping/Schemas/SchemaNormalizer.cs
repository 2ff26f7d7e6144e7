using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>
/// A schema of any draft → one that xAI accepts: no <c>$schema</c>, no boolean or endless sub-schemas, no empty choices, no tuple in
/// <c>items</c>, references that lead somewhere and never back. Passes run until one finds nothing to do, so doing it twice is doing it once.
/// </summary>
internal static class SchemaNormalizer
{
    private static readonly string[] Forms = ["type", "$ref", "anyOf", "oneOf", "allOf", "not", "enum", "const", "items", "prefixItems"];
    private static readonly string[] Choices = ["anyOf", "oneOf", "allOf"];

    /// <summary>The acceptable schema; the same element when it was acceptable.</summary>
    public static JsonElement Normalize(JsonElement schema)
    {
        var root = Root(schema);
        return Run(root) || schema.ValueKind != JsonValueKind.Object ? ToElement(root) : schema;
    }

    /// <summary>The acceptable schema of a function's parameters; null when it is none of an object.</summary>
    public static JsonElement? NormalizeObject(JsonElement schema)
    {
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return null;
        }

        var root = Root(schema);
        // A reference that leads nowhere is cut, and would then look like a function without parameters.
        var wasReference = root.ContainsKey("$ref");
        var isChanged = Run(root);
        if (!Forms.Any(root.ContainsKey) && !wasReference)
        {
            root["type"] = "object";
            isChanged = true;
        }

        if (!new SchemaObjects(root).IsObject(root))
        {
            return null;
        }

        isChanged |= SpellOut(root);
        return isChanged ? ToElement(root) : schema;
    }

    private static JsonObject Root(JsonElement schema) => schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];

    private static bool Run(JsonObject root)
    {
        var isChanged = false;
        while (new SchemaPass(root).Run())
        {
            isChanged = true;
        }

        return isChanged;
    }

    /// <summary>The root is an object: its type says just that, and its properties are there, be they none.</summary>
    private static bool SpellOut(JsonObject root)
    {
        if (Choices.Any(root.ContainsKey))
        {
            return false;
        }

        var isObject = root["type"] is JsonValue;
        var hasProperties = root.ContainsKey("properties");
        if (!isObject)
        {
            // Missing beside properties, or "object or null": arguments are never null.
            root["type"] = "object";
        }

        if (!hasProperties)
        {
            root["properties"] = new JsonObject();
        }

        return !isObject || !hasProperties;
    }

    /// <summary>The object as an element.</summary>
    public static JsonElement ToElement(JsonObject root)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            root.WriteTo(writer);
        }

        var reader = new Utf8JsonReader(bytes.WrittenSpan);
        return JsonElement.ParseValue(ref reader);
    }
}
