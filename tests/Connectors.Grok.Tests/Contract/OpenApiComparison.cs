using System.Text.Json;

namespace Connectors.Grok.Tests.Contract;

/// <summary>Compares the contract with an OpenAPI document of xAI, and says what differs, one sentence each.</summary>
internal sealed class OpenApiComparison(ContractFile contract, JsonElement document)
{
    private readonly List<string> _differences = [];
    private readonly HashSet<(string, string)> _compared = [];
    private readonly HashSet<(string, string)> _reported = [];
    private readonly HashSet<(string, string)> _found = [];

    /// <summary>The differences, in the order of the contract's routes.</summary>
    public static IReadOnlyList<string> Run(ContractFile contract, JsonElement document)
    {
        var comparison = new OpenApiComparison(contract, document);
        foreach (var route in contract.Routes)
        {
            comparison.Compare(route);
        }

        foreach (var (union, tag) in contract.Unions.SelectMany(static u => u.Value.Keys.Select(tag => (Union: u.Key, tag))))
        {
            // Nothing is known of a union that no route has.
            if (comparison._found.Any(f => f.Item1 == union) && !comparison._found.Contains((union, tag)))
            {
                comparison._differences.Add($"{union}[{tag}]: not in the document");
            }
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

    /// <summary>Compares one of our objects with schemas, or each case of one of our unions with the case of the same tag.</summary>
    private void Compare(string path, string type, IReadOnlyList<JsonElement> schemas)
    {
        if (!contract.Unions.TryGetValue(type, out var cases))
        {
            CompareMembers(path, type, Members(schemas), isCase: false);
            return;
        }

        foreach (var group in schemas.SelectMany(schema => Cases(schema, "", 0)).Where(static c => c.Members.Count > 0).GroupBy(static c => c.Tag ?? c.Schema, StringComparer.Ordinal))
        {
            if (cases.TryGetValue(group.Key, out var record))
            {
                _found.Add((type, group.Key));
                CompareMembers($"{path}[{group.Key}]", record, Merged(group.Select(static c => c.Members)), isCase: true);
            }
            else
            {
                Report(type, group.Key, $"{path}[{group.Key}]: new in the document");
            }
        }
    }

    private void CompareMembers(string path, string type, Dictionary<string, List<JsonElement>> theirs, bool isCase)
    {
        // An object of any members says nothing.
        if (theirs.Count == 0 || !_compared.Add((type, string.Join('|', theirs.Keys.Order(StringComparer.Ordinal)))))
        {
            return;
        }

        // The tag of a case is compared already.
        var ours = contract.Objects[type].Where(m => !isCase || m.Key != "type").ToDictionary(StringComparer.Ordinal);
        foreach (var (name, word) in ours.OrderBy(static m => m.Key, StringComparer.Ordinal))
        {
            if (theirs.TryGetValue(name, out var member))
            {
                CompareMember($"{path}.{name}", word, member);
                CompareValues($"{path}.{name}", $"{type}.{name}", member);
            }
            else
            {
                Report(type, name, $"{path}.{name}: not in the document");
            }
        }

        foreach (var name in theirs.Keys.Except(ours.Keys).Where(name => !isCase || name != "type").Order(StringComparer.Ordinal))
        {
            Report(type, name, $"{path}.{name}: new in the document");
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

    /// <summary>Compares the values that the document lists for a member.</summary>
    private void CompareValues(string path, string member, List<JsonElement> schemas)
    {
        var theirs = schemas.SelectMany(schema => Alternatives(schema, 0)).SelectMany(Values).Distinct(StringComparer.Ordinal).ToList();
        var ours = contract.Values.GetValueOrDefault(member, []);
        foreach (var value in theirs.Except(ours))
        {
            Report(member, value, $"{path}: the value '{value}' is new in the document");
        }

        foreach (var value in ours.Except(theirs))
        {
            Report(member, value, $"{path}: the value '{value}' is not in the document");
        }
    }

    // An object occurs in several places. What differs in it is reported for the first one.
    private void Report(string type, string name, string difference)
    {
        if (_reported.Add((type, name)))
        {
            _differences.Add(difference);
        }
    }

    /// <summary>The cases of a schema: one for each choice of a <c>oneOf</c> or <c>anyOf</c>, with the members that the parts of an <c>allOf</c> add.</summary>
    private IEnumerable<Case> Cases(JsonElement schema, string name, int depth)
    {
        if (schema.ValueKind != JsonValueKind.Object || depth > 8)
        {
            return [];
        }

        if (schema.TryGetProperty("$ref", out var reference))
        {
            name = reference.GetString()!.Split('/')[^1];
        }

        schema = Resolve(schema);

        var members = schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().ToDictionary(static p => p.Name, static p => (List<JsonElement>)[p.Value], StringComparer.Ordinal)
            : [];
        var tags = members.TryGetValue("type", out var type) ? type.SelectMany(t => Alternatives(t, 0)).SelectMany(Values).ToList() : [];
        IEnumerable<Case> cases = [new Case(name, tags is [var tag] ? tag : contract.Schemas.GetValueOrDefault(name), members)];
        foreach (var part in Choices(schema, "allOf"))
        {
            cases = Both(cases, [.. Cases(part, name, depth + 1)]);
        }

        var choices = Choices(schema, "oneOf").Concat(Choices(schema, "anyOf")).SelectMany(choice => Cases(choice, name, depth + 1)).ToList();
        return choices.Count > 0 ? Both(cases, choices) : cases;
    }

    private static List<Case> Both(IEnumerable<Case> left, List<Case> right) => [.. left.SelectMany(
        l => right,
        static (l, r) => l.Members.Count > 0 ? l with { Tag = l.Tag ?? r.Tag, Members = Merged([l.Members, r.Members]) } : r)];

    private static Dictionary<string, List<JsonElement>> Merged(IEnumerable<Dictionary<string, List<JsonElement>>> parts) =>
        parts.SelectMany(static p => p).GroupBy(static m => m.Key, StringComparer.Ordinal).ToDictionary(static g => g.Key, static g => g.SelectMany(static m => m.Value).ToList(), StringComparer.Ordinal);

    private static IEnumerable<JsonElement> Choices(JsonElement schema, string keyword) => schema.TryGetProperty(keyword, out var choices) ? choices.EnumerateArray() : [];

    private static IEnumerable<string> Values(JsonElement schema) =>
        schema.TryGetProperty("enum", out var values) ? values.EnumerateArray().Where(static v => v.ValueKind == JsonValueKind.String).Select(static v => v.GetString()!) : [];

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
        foreach (var inner in ((string[])["oneOf", "anyOf", "allOf"]).SelectMany(keyword => Choices(schema, keyword)).SelectMany(choice => Alternatives(choice, depth + 1)))
        {
            yield return inner;
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

    /// <summary>A case of a union.</summary>
    /// <param name="Schema">The name of the schema of the case, or of the one around it.</param>
    /// <param name="Tag">Its type; null when neither the document nor the contract names it.</param>
    /// <param name="Members">Its members, with the schemas of each.</param>
    private sealed record Case(string Schema, string? Tag, Dictionary<string, List<JsonElement>> Members);

    private static string Normalized(string path) => string.Join('/', path.Split('/').Select(static s => s.StartsWith('{') ? "{}" : s));
}
