using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>
/// Converts a schema of any draft to one that xAI accepts: no <c>$schema</c>, no Boolean or recursive sub-schemas, no empty choices, no tuple in
/// <c>items</c>, only references that resolve without recursion. Passes run until one changes nothing, so the conversion is idempotent.
/// </summary>
internal static class SchemaNormalizer
{
    private static readonly string[] Choices = ["anyOf", "oneOf", "allOf"];

    /// <summary>Gets the normalized schema; the same element when nothing had to change.</summary>
    public static JsonElement Normalize(JsonElement schema)
    {
        var root = Root(schema);
        return Run(root, null) || schema.ValueKind != JsonValueKind.Object ? ToElement(root) : schema;
    }

    /// <summary>Gets the normalized schema of a function's parameters; null when it is not an object schema.</summary>
    public static JsonElement? NormalizeObject(JsonElement schema)
    {
        if (schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            return null;
        }

        var root = Root(schema);
        // An unresolvable reference is removed; the schema would then look like a function without parameters.
        var wasReference = root.ContainsKey("$ref");
        var choices = new SchemaChoices();
        var isChanged = Run(root, choices);
        if (choices.IsBare(root) && !wasReference)
        {
            root["type"] = "object";
            isChanged = true;
        }

        if (!SchemaChoices.IsObject(root))
        {
            return null;
        }

        isChanged |= SpellOut(root);
        return isChanged ? ToElement(root) : schema;
    }

    private static JsonObject Root(JsonElement schema) => schema.ValueKind == JsonValueKind.Object ? JsonObject.Create(schema)! : [];

    private static bool Run(JsonObject root, SchemaChoices? choices)
    {
        var isChanged = false;
        while (new SchemaPass(root, choices).Run())
        {
            isChanged = true;
        }

        return isChanged;
    }

    /// <summary>Sets the type of the root to object, unless the branches of a choice say it, and adds empty properties if there is neither a choice nor a property.</summary>
    private static bool SpellOut(JsonObject root)
    {
        var isChoice = Choices.Any(root.ContainsKey);
        var hasProperties = root.ContainsKey("properties");
        // The type is missing next to properties, or is "object or null": arguments are never null.
        var isUntyped = root["type"] is not JsonValue && (!isChoice || hasProperties || root.ContainsKey("type"));
        if (isUntyped)
        {
            root["type"] = "object";
        }

        if (isChoice || hasProperties)
        {
            return isUntyped;
        }

        root["properties"] = new JsonObject();
        return true;
    }

    /// <summary>Converts the object to an element.</summary>
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
