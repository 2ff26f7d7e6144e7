using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>Converts a normalized schema to one that requires every property, forbids others, and describes defaults in text.</summary>
internal static class StrictSchema
{
    private static readonly AIJsonSchemaTransformOptions Options = new()
    {
        ConvertBooleanSchemas = true,
        DisallowAdditionalProperties = true,
        RequireAllProperties = true,
        MoveDefaultKeywordToDescription = true,
        TransformSchemaNode = static (_, node) => Definitions(node),
    };

    /// <summary>Converts the schema.</summary>
    public static JsonElement FromNormalized(JsonElement schema) => AIJsonUtilities.TransformSchema(schema, Options);

    /// <summary>The transform of Microsoft.Extensions.AI does not cover definitions.</summary>
    private static JsonNode Definitions(JsonNode node)
    {
        foreach (var definitions in (JsonNode?[])[node["$defs"], node["definitions"]])
        {
            foreach (var (name, schema) in (definitions as JsonObject ?? []).ToList())
            {
                definitions![name] = JsonObject.Create(FromNormalized(SchemaNormalizer.ToElement((JsonObject)schema!)));
            }
        }

        return node;
    }
}
