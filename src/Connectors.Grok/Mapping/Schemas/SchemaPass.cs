using System.Text.Json;
using System.Text.Json.Nodes;

namespace Connectors.Grok.Mapping.Schemas;

/// <summary>One normalization pass over a schema, in place.</summary>
/// <param name="root">The schema.</param>
/// <param name="choices">Normalizes the choices at the root of a function's parameters; null for the schema of a response format.</param>
internal sealed class SchemaPass(JsonObject root, SchemaChoices? choices)
{
    // A request nests a few levels around the schema, and JSON is written 64 levels deep at most.
    private const int Deepest = 48;
    private const int DeepestValue = 58;

    private readonly List<JsonObject> _schemas = [];
    private readonly Dictionary<JsonNode, List<JsonObject>> _children = [];
    private readonly Dictionary<JsonNode, JsonObject> _links = [];
    private bool _isChanged;

    /// <summary>Runs the pass.</summary>
    /// <returns>Whether the schema was changed.</returns>
    public bool Run()
    {
        Visit(root, 0);
        foreach (var schema in _schemas.Where(static s => s.ContainsKey("$ref")).ToList())
        {
            Link(schema);
        }

        foreach (var schema in _schemas)
        {
            RenameTuple(schema);
        }

        // Before the references are rewritten, because branches move; after that, references in them are copied.
        _isChanged |= choices?.Flatten(root) == true;
        foreach (var (schema, target) in _links)
        {
            Rebase((JsonObject)schema, target);
        }

        InlineRoot();
        _isChanged |= choices?.Inline(root, _links) == true;
        return _isChanged;
    }

    private void Visit(JsonObject schema, int depth)
    {
        _schemas.Add(schema);
        _children[schema] = [];
        if (depth > Deepest)
        {
            Cut(schema);
            return;
        }

        foreach (var (keyword, value) in schema.ToList())
        {
            if (SchemaWords.IsRefused(keyword, schema == root)
                || (value is JsonArray { Count: 0 } && SchemaWords.IsRefusedEmpty(keyword))
                || (SchemaWords.Holding(keyword) == SchemaHolding.Nothing && IsDeeper(value, DeepestValue - depth)))
            {
                _isChanged = schema.Remove(keyword);
            }
            else if (keyword == "type" && value is JsonArray types)
            {
                DropRepeated(types);
            }
            else
            {
                VisitHeld(schema, keyword, value, depth);
            }
        }
    }

    private static bool IsDeeper(JsonNode? value, int levels) => value switch
    {
        JsonArray or JsonObject when levels == 0 => true,
        JsonArray items => items.Any(item => IsDeeper(item, levels - 1)),
        JsonObject members => members.Any(member => IsDeeper(member.Value, levels - 1)),
        _ => false,
    };

    private void VisitHeld(JsonObject schema, string keyword, JsonNode? value, int depth)
    {
        switch (SchemaWords.Holding(keyword), value)
        {
            case (SchemaHolding.Named, JsonObject members):
                foreach (var (name, member) in members.ToList())
                {
                    VisitChild(schema, member, fixedUp => members[name] = fixedUp, depth + 2);
                }

                break;
            case (SchemaHolding.Listed or SchemaHolding.OneOrListed, JsonArray list):
                for (var i = 0; i < list.Count; i++)
                {
                    VisitChild(schema, list[i], fixedUp => list[i] = fixedUp, depth + 2);
                }

                break;
            case (SchemaHolding.One or SchemaHolding.OneOrListed, _):
            case (SchemaHolding.OneOrFlag, JsonObject):
                VisitChild(schema, value, fixedUp => schema[keyword] = fixedUp, depth + 1);
                break;
        }
    }

    /// <summary>Replaces a sub-schema that is not an object: <c>false</c> becomes a schema that admits nothing, any other value one that admits everything, as <c>true</c> does.</summary>
    private void VisitChild(JsonObject parent, JsonNode? child, Action<JsonObject> replace, int depth)
    {
        if (child is not JsonObject schema)
        {
            schema = child?.GetValueKind() == JsonValueKind.False ? new JsonObject { ["not"] = new JsonObject() } : [];
            replace(schema);
            _isChanged = true;
        }

        _children[parent].Add(schema);
        Visit(schema, depth);
    }

    private void DropRepeated(JsonArray types)
    {
        for (var i = types.Count - 1; i > 0; i--)
        {
            if (types.Take(i).Any(t => JsonNode.DeepEquals(t, types[i])))
            {
                types.RemoveAt(i);
                _isChanged = true;
            }
        }
    }

    /// <summary>
    /// Accepts a reference unless its target is missing, or leads back to this schema through references accepted before.
    /// </summary>
    private void Link(JsonObject schema)
    {
        if (Target(schema) is { } target && !Leads(target, schema))
        {
            _links[schema] = target;
        }
        else
        {
            choices?.AddLost(schema);
            Cut(schema);
        }
    }

    /// <summary>Resolves a reference: relative to the root, or to an enclosing schema, as generators write it that handle one parameter at a time.</summary>
    private JsonObject? Target(JsonObject schema)
    {
        if (Reference(schema) is not { } reference)
        {
            return null;
        }

        var around = new Stack<JsonObject>();
        for (JsonNode? node = schema; node is not null; node = node.Parent)
        {
            if (_children.ContainsKey(node))
            {
                around.Push((JsonObject)node);
            }
        }

        return around.Select(start => SchemaPointer.Find(start, reference)).FirstOrDefault(target => target is not null && _children.ContainsKey(target));
    }

    private bool Leads(JsonObject from, JsonObject to)
    {
        var seen = new HashSet<JsonNode>();
        var open = new Stack<JsonObject>([from]);
        while (open.TryPop(out var schema))
        {
            if (schema == to)
            {
                return true;
            }

            if (seen.Add(schema))
            {
                _children[schema].ForEach(open.Push);
                if (_links.TryGetValue(schema, out var target))
                {
                    open.Push(target);
                }
            }
        }

        return false;
    }

    /// <summary>Replaces a schema that is nested too deep with one that admits everything; only its descriptions are kept.</summary>
    private void Cut(JsonObject schema)
    {
        foreach (var keyword in schema.Select(static member => member.Key).Where(static k => k != "description").ToList())
        {
            _isChanged = schema.Remove(keyword);
        }
    }

    /// <summary>Converts a tuple of drafts before 2020-12, an array of <c>items</c> with <c>additionalItems</c>.</summary>
    private void RenameTuple(JsonObject schema)
    {
        if (schema["items"] is not JsonArray tuple)
        {
            return;
        }

        schema.Remove("items");
        if (tuple.Count > 0 && !schema.ContainsKey("prefixItems"))
        {
            schema["prefixItems"] = tuple;
        }

        if (schema.Remove("additionalItems", out var rest))
        {
            schema["items"] = rest;
        }

        _isChanged = true;
    }

    private void Rebase(JsonObject schema, JsonObject target)
    {
        if (SchemaPointer.To(target, root) is not { } pointer)
        {
            // The target of the reference was removed.
            choices?.AddLost(schema);
            Cut(schema);
        }
        else if (SchemaPointer.Find(root, Reference(schema)!) != target)
        {
            schema["$ref"] = pointer;
            _isChanged = true;
        }
    }

    /// <summary>Replaces a reference at the root with its target: the service requires an object there.</summary>
    private void InlineRoot()
    {
        if (_links.TryGetValue(root, out var target) && root.ContainsKey("$ref"))
        {
            SchemaPointer.Inline(root, target);
            _isChanged = true;
        }
    }

    private static string? Reference(JsonObject schema) =>
        schema["$ref"] is { } reference && reference.GetValueKind() == JsonValueKind.String ? reference.GetValue<string>() : null;
}
