using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>
/// Normalizes the choices (<c>anyOf</c>, <c>oneOf</c>) at the root of a function's parameters. xAI rejects a tool unless every branch is an object schema by
/// itself: choices in choices are flattened, references are replaced with their targets, null is dropped, and a branch without a type gets the type object.
/// </summary>
internal sealed class SchemaChoices
{
    // References to a choice of references double the branches with each level.
    private const int MostInlined = 256;

    private static readonly string[] Keywords = ["anyOf", "oneOf"];
    private static readonly string[] Forms = ["type", "$ref", "anyOf", "oneOf", "allOf", "not", "enum", "const", "items", "prefixItems"];

    private readonly HashSet<JsonNode> _lost = [];
    private int _inlined;

    /// <summary>Records a schema whose reference was removed, because it could not be resolved or is recursive. Such a schema admits anything, but is no object schema.</summary>
    public void AddLost(JsonObject schema) => _lost.Add(schema);

    /// <summary>Whether the schema says nothing about its type.</summary>
    public bool IsBare(JsonObject schema) => !Forms.Any(schema.ContainsKey) && !_lost.Contains(schema);

    /// <summary>Flattens the choices of a schema, drops branches that admit no object, and adds missing types.</summary>
    /// <returns>Whether the schema was changed.</returns>
    public bool Flatten(JsonObject schema)
    {
        var isChanged = false;
        var isObject = schema.ContainsKey("properties") || HasType(schema, "object");
        foreach (var branches in Choices(schema))
        {
            isChanged |= Splice(branches) | Drop(branches, isObject);
            foreach (var branch in branches.OfType<JsonObject>().Where(static b => !b.ContainsKey("$ref")))
            {
                isChanged |= Flatten(branch) | AddType(branch, isObject);
            }
        }

        return isChanged;
    }

    /// <summary>Replaces references among the branches of a schema with their targets.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="links">The targets of the resolved references.</param>
    /// <returns>Whether the schema was changed.</returns>
    public bool Inline(JsonObject schema, IReadOnlyDictionary<JsonNode, JsonObject> links)
    {
        var isChanged = false;
        foreach (var branch in Choices(schema).SelectMany(static branches => branches).OfType<JsonObject>())
        {
            if (branch.ContainsKey("$ref"))
            {
                // A reference that was copied in this pass is resolved in the next one.
                if (links.TryGetValue(branch, out var target) && _inlined++ < MostInlined)
                {
                    SchemaPointer.Inline(branch, target);
                    isChanged = true;
                }
            }
            else
            {
                isChanged |= Inline(branch, links);
            }
        }

        return isChanged;
    }

    /// <summary>Whether the normalized schema is an object schema, in every branch of its choices.</summary>
    public static bool IsObject(JsonObject schema) =>
        (schema["type"] is not null ? HasType(schema, "object") : schema.ContainsKey("properties") || Choices(schema).Any()) && AreObjects(schema);

    /// <summary>Whether every branch of the schema's choices has the type object.</summary>
    private static bool AreObjects(JsonObject schema) => Keywords.All(keyword => !schema.TryGetPropertyValue(keyword, out var choice)
        || (choice is JsonArray branches && branches.All(static b => b is JsonObject branch && IsText(branch["type"], "object"))));

    private static IEnumerable<JsonArray> Choices(JsonObject schema) => Keywords.Select(keyword => schema[keyword]).OfType<JsonArray>();

    /// <summary>Replaces branches that are nothing but a choice with their own branches. xAI treats oneOf as anyOf.</summary>
    private static bool Splice(JsonArray branches)
    {
        var isChanged = false;
        for (var i = 0; i < branches.Count; i++)
        {
            while (i < branches.Count && branches[i] is JsonObject { Count: 1 } branch && Choices(branch).FirstOrDefault() is { } inner)
            {
                var moved = inner.ToList();
                inner.Clear();
                branches.RemoveAt(i);
                for (var m = 0; m < moved.Count; m++)
                {
                    branches.Insert(i + m, moved[m]);
                }

                isChanged = true;
            }
        }

        return isChanged;
    }

    /// <summary>Drops the branches that admit no object, unless no other branch is left: arguments are an object.</summary>
    private static bool Drop(JsonArray branches, bool isObject)
    {
        var dropped = branches.Where(b => b is JsonObject branch && (IsNull(branch) || (isObject && branch.ContainsKey("type") && !HasType(branch, "object")))).ToList();
        if (dropped.Count == 0 || dropped.Count == branches.Count)
        {
            return false;
        }

        dropped.ForEach(branch => branches.Remove(branch));
        return true;
    }

    private bool AddType(JsonObject branch, bool isObject)
    {
        var isTyped = branch.ContainsKey("type");
        var hasObjects = Choices(branch).Any() && AreObjects(branch);
        if (isTyped ? branch["type"] is not JsonArray || !HasType(branch, "object") : !isObject && !branch.ContainsKey("properties") && !hasObjects && !IsBare(branch))
        {
            return false;
        }

        branch["type"] = "object";
        return true;
    }

    private static bool IsNull(JsonObject branch) =>
        IsText(branch["type"], "null")
        || branch["type"] is JsonArray { Count: 1 } types && IsText(types[0], "null")
        || branch.TryGetPropertyValue("const", out var value) && value is null
        || branch["enum"] is JsonArray { Count: 1 } values && values[0] is null;

    private static bool HasType(JsonObject schema, string type) => schema["type"] is JsonArray types ? types.Any(t => IsText(t, type)) : IsText(schema["type"], type);

    private static bool IsText(JsonNode? node, string text) => node?.GetValueKind() == JsonValueKind.String && node.GetValue<string>() == text;
}
