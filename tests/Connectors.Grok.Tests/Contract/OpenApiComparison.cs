using System.Text.Json;

namespace Connectors.Grok.Tests.Contract;

/// <summary>Compares the contract with an OpenAPI document of xAI, and says what differs, one sentence each.</summary>
internal sealed class OpenApiComparison(ContractFile contract, JsonElement document)
{
    private readonly List<string> _differences = [];
    private readonly HashSet<(string, string)> _compared = [];
    private readonly HashSet<string> _unions = new(StringComparer.Ordinal);

    /// <summary>The differences, in the order of the contract's routes.</summary>
    public static IReadOnlyList<string> Run(ContractFile contract, JsonElement document)
    {
        var comparison = new OpenApiComparison(contract, document);
        foreach (var route in contract.Routes)
        {
            comparison.Compare(route);
        }

        return comparison._differences;
    }

    private void Compare(ContractRoute route)
    {
        var name = $"{route.Method} {route.Path}";
        var paths = document.GetProperty("paths").EnumerateObject();
        var operation = paths.Where(p => Normalized(p.Name) == Normalized(route.Path)).Select(p => p.Value.TryGetProperty(route.Method.ToLowerInvariant(), out var o) ? o : default).FirstOrDefault();
        if (operation.ValueKind != JsonValueKind.Object)
        {
            _differences.Add($"{name}: the route is gone");
            return;
        }

        var query = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Select(Resolve).Where(static p => p.GetProperty("in").GetString() == "query").Select(static p => p.GetProperty("name").GetString()!).ToList()
            : [];
        foreach (var value in route.Query.Except(query))
        {
            _differences.Add($"{name}: the query value '{value}' is not in the document");
        }

        foreach (var value in query.Except(route.Query))
        {
            _differences.Add($"{name}: the query value '{value}' is new");
        }

        if (Schema(operation, "requestBody") is { } body)
        {
            if (route.Form.Count > 0)
            {
                foreach (var part in route.Form.Except(Members([body]).Keys))
                {
                    _differences.Add($"{name}: the part '{part}' of the form is not in the document");
                }
            }
            else if (route.Sends is { } sends)
            {
                Compare($"{name} sends {sends}", sends, [body]);
            }
        }

        if (route.Reads is { } reads && reads != "bytes")
        {
            var answer = operation.TryGetProperty("responses", out var responses) && responses.TryGetProperty("200", out var ok) ? SchemaOf(Resolve(ok)) : null;
            if (answer is { } schema)
            {
                Compare($"{name} reads {reads}", reads, [schema]);
            }
            else
            {
                _differences.Add($"{name}: the answer has no schema");
            }
        }
    }

    /// <summary>Compares the members of one of our objects, or of all cases of a union, with a schema and its alternatives.</summary>
    private void Compare(string path, string type, IReadOnlyList<JsonElement> schemas)
    {
        var theirs = Members(schemas);
        // An object of any members says nothing.
        if (theirs.Count == 0 || !_compared.Add((type, string.Join('|', theirs.Keys.Order(StringComparer.Ordinal)))))
        {
            return;
        }

        // Where a place takes some cases of a union only, the others are no difference: each case is looked for in the first place, which takes all.
        var isNarrow = contract.Unions.ContainsKey(type) && !_unions.Add(type);
        var ours = Ours(type);
        foreach (var (name, word) in ours.OrderBy(static m => m.Key, StringComparer.Ordinal))
        {
            if (theirs.TryGetValue(name, out var member))
            {
                CompareMember($"{path}.{name}", word, member);
            }
            else if (!isNarrow)
            {
                _differences.Add($"{path}.{name}: not in the document");
            }
        }

        foreach (var name in theirs.Keys.Except(ours.Keys).Order(StringComparer.Ordinal))
        {
            _differences.Add($"{path}.{name}: new in the document");
        }
    }

    private void CompareMember(string path, string word, List<JsonElement> schemas)
    {
        var kinds = schemas.SelectMany(Kinds).ToHashSet(StringComparer.Ordinal);
        var isList = word.EndsWith("[]", StringComparison.Ordinal);
        var element = isList ? word[..^2] : word;
        var isObject = contract.Objects.ContainsKey(element) || contract.Unions.ContainsKey(element);
        var kind = isList ? "array" : isObject ? "object" : word;
        if (kind != "any" && kinds.Count > 0 && !kinds.Contains(kind) && !(kind == "number" && kinds.Contains("integer")))
        {
            _differences.Add($"{path}: {word} here, {string.Join(" or ", kinds.Order(StringComparer.Ordinal))} in the document");
        }
        else if (isObject)
        {
            Compare(path, element, isList ? [.. schemas.SelectMany(Items)] : schemas);
        }
    }

    /// <summary>The members of an object, or of all cases of a union.</summary>
    private Dictionary<string, string> Ours(string type)
    {
        if (contract.Objects.TryGetValue(type, out var members))
        {
            return members.ToDictionary(StringComparer.Ordinal);
        }

        var all = new Dictionary<string, string>(StringComparer.Ordinal) { ["type"] = "string" };
        foreach (var (name, word) in contract.Unions[type].Values.SelectMany(record => contract.Objects[record]))
        {
            all[name] = all.TryGetValue(name, out var other) && other != word ? "any" : word;
        }

        return all;
    }

    /// <summary>The properties of schemas and of all their alternatives.</summary>
    private Dictionary<string, List<JsonElement>> Members(IReadOnlyList<JsonElement> schemas)
    {
        var members = new Dictionary<string, List<JsonElement>>(StringComparer.Ordinal);
        foreach (var alternative in schemas.SelectMany(schema => Alternatives(schema, 0)))
        {
            if (alternative.TryGetProperty("properties", out var properties))
            {
                foreach (var property in properties.EnumerateObject())
                {
                    (members.TryGetValue(property.Name, out var list) ? list : members[property.Name] = []).Add(property.Value);
                }
            }
        }

        return members;
    }

    private IEnumerable<JsonElement> Items(JsonElement schema) => Alternatives(schema, 0).Where(static a => a.TryGetProperty("items", out _)).Select(static a => a.GetProperty("items"));

    private HashSet<string> Kinds(JsonElement schema)
    {
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (var alternative in Alternatives(schema, 0))
        {
            if (alternative.TryGetProperty("type", out var type))
            {
                kinds.UnionWith(type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(static t => t.GetString()!) : [type.GetString()!]);
            }
        }

        kinds.Remove("null");
        return kinds;
    }

    /// <summary>The schema and everything that it refers to by a reference or a choice.</summary>
    private IEnumerable<JsonElement> Alternatives(JsonElement schema, int depth)
    {
        schema = Resolve(schema);
        if (schema.ValueKind != JsonValueKind.Object || depth > 8)
        {
            yield break;
        }

        yield return schema;
        foreach (var keyword in (string[])["oneOf", "anyOf", "allOf"])
        {
            if (schema.TryGetProperty(keyword, out var choices))
            {
                foreach (var inner in choices.EnumerateArray().SelectMany(choice => Alternatives(choice, depth + 1)))
                {
                    yield return inner;
                }
            }
        }
    }

    private JsonElement? Schema(JsonElement operation, string member) => operation.TryGetProperty(member, out var body) ? SchemaOf(Resolve(body)) : null;

    private static JsonElement? SchemaOf(JsonElement body) =>
        body.TryGetProperty("content", out var content) && content.EnumerateObject().Select(static c => c.Value.TryGetProperty("schema", out var s) ? s : default).FirstOrDefault() is { ValueKind: JsonValueKind.Object } schema ? schema : null;

    private JsonElement Resolve(JsonElement schema)
    {
        for (var steps = 0; steps < 16 && schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("$ref", out var reference); steps++)
        {
            var target = document;
            foreach (var name in reference.GetString()!.TrimStart('#', '/').Split('/'))
            {
                target = target.GetProperty(name);
            }

            schema = target;
        }

        return schema;
    }

    private static string Normalized(string path) => string.Join('/', path.Split('/').Select(static s => s.StartsWith('{') ? "{}" : s));
}
