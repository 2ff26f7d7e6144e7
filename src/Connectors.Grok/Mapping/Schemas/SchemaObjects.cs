using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>Determines whether a schema describes an object, and follows <c>$ref</c>, <c>anyOf</c> and <c>oneOf</c> to do so. The schema must first be normalized by <see cref="SchemaNormalizer"/>, which removes recursive references.</summary>
internal sealed class SchemaObjects(JsonObject root)
{
    private readonly HashSet<JsonNode> _seen = [];

    /// <summary>Whether the schema is an object schema, in every branch of a choice.</summary>
    public bool IsObject(JsonObject schema)
    {
        // Checked before: had it not been an object schema, the search would have ended.
        if (!_seen.Add(schema))
        {
            return true;
        }

        return schema switch
        {
            _ when schema["type"] is JsonArray types => types.Any(IsWordObject),
            _ when schema["type"] is { } type => IsWordObject(type),
            _ when schema.ContainsKey("properties") => true,
            _ when schema["$ref"] is { } reference => IsObject(SchemaPointer.Find(root, reference.GetValue<string>())!),
            _ when schema["anyOf"] is { } branches => IsChoice(branches),
            _ => IsChoice(schema["oneOf"]),
        };
    }

    private bool IsChoice(JsonNode? branches) => branches is JsonArray list && list.All(b => IsObject((JsonObject)b!));

    private static bool IsWordObject(JsonNode? type) => type?.GetValueKind() == JsonValueKind.String && type.GetValue<string>() == "object";
}
