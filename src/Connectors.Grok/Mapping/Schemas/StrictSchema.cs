using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>A normalised schema → one that requires every property, allows no other, and tells defaults in words.</summary>
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

    /// <summary>The strict schema.</summary>
    public static JsonElement Of(JsonElement schema) => AIJsonUtilities.TransformSchema(schema, Options);

    /// <summary>The transform of Microsoft.Extensions.AI does not look into definitions.</summary>
    private static JsonNode Definitions(JsonNode node)
    {
        foreach (var definitions in (JsonNode?[])[node["$defs"], node["definitions"]])
        {
            foreach (var (name, schema) in (definitions as JsonObject ?? []).ToList())
            {
                definitions![name] = JsonObject.Create(Of(SchemaNormalizer.ToElement((JsonObject)schema!)));
            }
        }

        return node;
    }
}
