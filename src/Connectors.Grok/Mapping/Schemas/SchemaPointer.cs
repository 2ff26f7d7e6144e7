using System.Globalization;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>References inside a document: <c>#</c> and a JSON pointer.</summary>
internal static class SchemaPointer
{
    /// <summary>Finds the object that a reference points to, from a root; null when there is none. A reference may be percent-encoded or not.</summary>
    public static JsonObject? Find(JsonObject root, string reference) =>
        (Walk(root, reference) ?? Walk(root, Uri.UnescapeDataString(reference))) as JsonObject;

    /// <summary>Gets the reference to a node from the root of its tree; null when the root is another one.</summary>
    public static string? To(JsonNode node, JsonObject root)
    {
        var path = "";
        for (; node.Parent is { } parent; node = parent)
        {
            var step = parent is JsonArray
                ? node.GetElementIndex().ToString(CultureInfo.InvariantCulture)
                : node.GetPropertyName().Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
            path = $"/{step}{path}";
        }

        return node == root ? "#" + path : null;
    }

    /// <summary>Replaces the reference of a schema with a copy of its target. Keywords beside the reference win.</summary>
    public static void Inline(JsonObject schema, JsonObject target)
    {
        schema.Remove("$ref");
        foreach (var (keyword, value) in target.Where(member => !schema.ContainsKey(member.Key)).ToList())
        {
            schema[keyword] = value?.DeepClone();
        }
    }

    private static JsonNode? Walk(JsonObject root, string reference)
    {
        var steps = reference.Split('/');
        JsonNode? node = steps[0] == "#" ? root : null;
        foreach (var step in steps.Skip(1))
        {
            node = node switch
            {
                JsonObject members => members[step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)],
                JsonArray items when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < items.Count => items[index],
                _ => null,
            };
        }

        return node;
    }
}
