using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Tests.Contract;

/// <summary>
/// Contract/relied-on.json: the routes that the client calls, and the members of the objects that it sends and reads there. The objects are written from
/// the records; routes, schemas, values and known differences by hand.
/// </summary>
internal sealed class ContractFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly JsonObject _json;

    public ContractFile(string text)
    {
        _json = (JsonObject)JsonNode.Parse(text)!;
        Routes = [.. _json["routes"]!.AsArray().Select(static r => new ContractRoute(
            (string)r!["method"]!, (string)r["path"]!, Names(r["query"]), Names(r["form"]), (string?)r["sends"], (string?)r["reads"]))];
        Objects = _json["objects"]!.AsObject().ToDictionary(static o => o.Key, static o => Members(o.Value!), StringComparer.Ordinal);
        Unions = _json["unions"]!.AsObject().ToDictionary(static u => u.Key, static u => Members(u.Value!), StringComparer.Ordinal);
        Schemas = _json["schemas"] is { } schemas ? Members(schemas) : new Dictionary<string, string>(StringComparer.Ordinal);
        Values = _json["values"]?.AsObject().ToDictionary(static v => v.Key, static v => Names(v.Value), StringComparer.Ordinal) ?? new(StringComparer.Ordinal);
        Known = _json["known"]!.AsObject().ToDictionary(static k => k.Key, static k => (string)k.Value!, StringComparer.Ordinal);
    }

    public IReadOnlyList<ContractRoute> Routes { get; }

    /// <summary>The members of each object, with their types.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Objects { get; }

    /// <summary>The tags of each union, with their objects.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Unions { get; }

    /// <summary>The tags of xAI's schemas that do not name their tag: most kinds of items have a type that is any string.</summary>
    public IReadOnlyDictionary<string, string> Schemas { get; }

    /// <summary>The values that the client knows of members (<c>Object.member</c>) for which xAI's document lists the values.</summary>
    public IReadOnlyDictionary<string, string[]> Values { get; }

    /// <summary>Differences from xAI's document that are intended or harmless, with the reason.</summary>
    public IReadOnlyDictionary<string, string> Known { get; }

    public static string PathOfFile => Repository.PathTo("tests/Connectors.Grok.Tests/Contract/relied-on.json");

    public static ContractFile Read() => new(File.ReadAllText(PathOfFile));

    /// <summary>The file with the objects and unions of the records.</summary>
    public string WithRecords()
    {
        var copy = (JsonObject)_json.DeepClone();
        var (objects, unions) = (new SortedDictionary<string, JsonObject>(StringComparer.Ordinal), new SortedDictionary<string, JsonObject>(StringComparer.Ordinal));
        foreach (var name in Routes.SelectMany(static r => (string?[])[r.Sends, r.Reads]).OfType<string>().Where(static n => n != "bytes"))
        {
            Add(typeof(GrokResponse).Assembly.GetType($"Connectors.Grok.Responses.{name}", throwOnError: true)!, objects, unions);
        }

        // Every event of a stream.
        Add(typeof(ResponseEvent), objects, unions);
        copy["objects"] = new JsonObject(objects.Select(static o => KeyValuePair.Create(o.Key, (JsonNode?)o.Value)));
        copy["unions"] = new JsonObject(unions.Select(static u => KeyValuePair.Create(u.Key, (JsonNode?)u.Value)));
        return copy.ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static void Add(Type type, SortedDictionary<string, JsonObject> objects, SortedDictionary<string, JsonObject> unions)
    {
        if (objects.ContainsKey(type.Name) || unions.ContainsKey(type.Name))
        {
            return;
        }

        if (Cases(type) is { } cases)
        {
            unions[type.Name] = new JsonObject(cases.OrderBy(static c => c.Tag, StringComparer.Ordinal).Select(static c => KeyValuePair.Create(c.Tag, (JsonNode?)c.Record.Name)));
            foreach (var (_, record) in cases)
            {
                Add(record, objects, unions);
            }

            return;
        }

        var members = new JsonObject();
        objects[type.Name] = members;
        foreach (var property in GrokJsonContext.Default.GetTypeInfo(type)!.Properties.Where(static p => !p.IsExtensionData && p.Get is not null).OrderBy(static p => p.Name, StringComparer.Ordinal))
        {
            var (word, inner) = Word(property.PropertyType);
            members[property.Name] = word;
            if (inner is not null)
            {
                Add(inner, objects, unions);
            }
        }
    }

    /// <summary>The word for a type, and the record behind it.</summary>
    private static (string Word, Type? Record) Word(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>))
        {
            var (word, record) = Word(type.GetGenericArguments()[0]);
            return (word + "[]", record);
        }

        return type == typeof(string) ? ("string", null)
            : type == typeof(long) || type == typeof(int) ? ("integer", null)
            : type == typeof(double) ? ("number", null)
            : type == typeof(bool) ? ("boolean", null)
            : typeof(WireObject).IsAssignableFrom(type) ? (type.Name, type)
            // Objects of several forms, and those whose members are free.
            : ("any", null);
    }

    private static IReadOnlyList<(string Tag, Type Record)>? Cases(Type type) =>
        type == typeof(ResponseItem) ? [.. Tags.Items.Known.Select(static k => (k.Tag, k.Record))]
        : type == typeof(ResponsePart) ? [.. Tags.Parts.Known.Select(static k => (k.Tag, k.Record))]
        : type == typeof(ResponseTool) ? [.. Tags.Tools.Known.Select(static k => (k.Tag, k.Record))]
        : type == typeof(ResponseAnnotation) ? [.. Tags.Annotations.Known.Select(static k => (k.Tag, k.Record))]
        : type == typeof(ResponseEvent) ? [.. Tags.Events.Known.Select(static k => (k.Tag, k.Record))]
        : null;

    private static string[] Names(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(static n => (string)n!)];

    private static IReadOnlyDictionary<string, string> Members(JsonNode node) => node.AsObject().ToDictionary(static m => m.Key, static m => (string)m.Value!, StringComparer.Ordinal);
}

/// <summary>A route that the client calls.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with <c>{id}</c> for each id.</param>
/// <param name="Query">The names of the query's values.</param>
/// <param name="Form">The names of the form's parts.</param>
/// <param name="Sends">The object of the body; null for none.</param>
/// <param name="Reads">The object of the answer, or <c>bytes</c>.</param>
internal sealed record ContractRoute(string Method, string Path, IReadOnlyList<string> Query, IReadOnlyList<string> Form, string? Sends, string? Reads);
