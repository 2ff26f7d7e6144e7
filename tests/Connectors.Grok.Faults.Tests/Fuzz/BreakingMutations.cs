namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Mutations of the structure of an answer, after which its meaning is undefined.</summary>
internal static class BreakingMutations
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "-1", "1", "2", "1.5", "1e400", "-1e400", "1E-400", "-0", "2147483647", "2147483648", "-2147483649", "9223372036854775807",
        "9223372036854775808", "99999999999999999999999999999999", "253402300799", "253402300800", "\"\"", "\" \"", "\"0\"", "\"1e5\"", "\"NaN\"", "\"-3\"",
        "\"\\u0000\"", "\"\\u001b[31m\\r\\n\"", "\"\\ud800\"", "\"x\\udc00\"", "\"\\ud83d\\ude00\"", "\"\\ufeff\"", "[]", "{}", "[[]]", "[null]", "[{}]", "[\"x\"]", "[1]", "{\"\":null}", "{\"type\":null}",
        "{\"type\":\"message\"}", "{\"type\":\"output_text\"}", "{\"type\":\"function_call\"}", "{\"type\":\"reasoning\",\"summary\":null}", "{\"role\":\"assistant\"}", "{\"type\":\"error\"}",
        "{\"code\":\"\\ud800\",\"message\":\"\\ud800\"}", "{\"message\":\"\\ud800\"}", "{\"\\ud800\":1}", "{\"type\":\"\\ud800\"}", "[{\"type\":\"url_citation\",\"url\":\"x\",\"start_index\":0,\"end_index\":2147483647}]",
        "\"data:image/png;base64,AA==\"", "\"http://[\"", "\"file:///etc/passwd\"", "\"###\"", "\"{\\\"a\\\":1}\"", "\"{\\\"a\\\":\"", "\"[1]\"", "\"completed\"", "\"incomplete\"", "\"failed\"", "\"in_progress\"",
        "NaN", "01", "'x'", "", "\"\u0001\"", "\"" + new string('a', 4000) + "\"", new string('[', 70) + new string(']', 70), string.Concat(Enumerable.Repeat("{\"a\":", 70)) + "1" + new string('}', 70),
        new string('[', 3000), "{\"a\":" + new string('9', 400) + "}",
    ];

    private static readonly string[] Names =
    [
        "type", "id", "item_id", "output", "content", "item", "response", "error", "status", "delta", "text", "code", "message", "role", "usage", "call_id", "name", "arguments", "summary", "encrypted_content",
        "output_index", "content_index", "annotations", "incomplete_details", "store", "", "Type", "\\u0074ype", "\\ud800", "a\\u0000b",
    ];

    private static readonly string[] Types =
    [
        "response.created", "response.in_progress", "response.completed", "response.done", "response.incomplete", "response.failed", "error", "response.output_item.added", "response.output_item.done",
        "response.output_text.delta", "response.reasoning_summary_text.delta", "response.reasoning_text.delta", "response.refusal.delta", "response.function_call_arguments.delta", "message", "reasoning",
        "function_call", "function_call_output", "web_search_call", "custom_tool_call", "x_search_call", "code_interpreter_call", "file_search_call", "mcp_call", "image_generation_call", "compaction",
        "output_text", "refusal", "summary_text", "reasoning_text", "url_citation", "input_text", "input_image", "input_file", "", "unheard_of",
    ];

    private static readonly string[] Indexes = ["0", "1", "2", "7", "-1", "2147483647", "\"0\"", "\"1\"", "null", "0.5", "1e1", "99999999999"];

    private static readonly string?[] ContentTypes = ["text/event-stream", "application/json", "text/html", "text/plain", "nonsense", "", null, "application/json; charset=utf-16"];

    private static readonly int[] Statuses = [201, 202, 204, 206, 301, 304, 307, 400, 401, 402, 403, 404, 408, 410, 413, 415, 422, 429, 500, 501, 502, 503, 504, 520, 525, 529, 599];

    private static readonly string[] OddLines =
    [
        "data\n", "data:\n", "data\n\n", "data: null\n\n", "data: []\n\n", "data: \"\"\n\n", "data: 0\n\n", "data: {}\n\n", "data: {\"error\":\"\\ud800\"}\n\n", "data: {\"error\":{\"message\":\"\\ud800\"}}\n\n",
        "data: {\"type\":\"error\",\"message\":1}\n\n", "data: {\"type\":\"response.failed\"}\n\n", "data: {\"type\":\"response.completed\"}\n\n", "data: {\"type\":\"response.completed\",\"response\":{}}\n\n",
        "data: {\"type\":\"response.failed\",\"response\":{\"error\":\"\\ud800\"}}\n\n", "data: [DONE]\ndata: x\n\n", "event: error\n\n", "\0\n", "Data: 1\n\n", " data: 1\n\n", "data : 1\n\n", "\uFEFFdata: 1\n\n",
    ];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("value replaced", static (d, r) => Tree(d, r, static (all, r) => Pick(all, r).Become(Values[r.Next(Values.Length)]))),
        new("member dropped", static (d, r) => Object(d, r, static (o, r) => o.Members!.RemoveAt(r.Next(o.Members.Count)))),
        new("member doubled", static (d, r) => Object(d, r, Double)),
        new("member renamed", static (d, r) => Object(d, r, static (o, r) => { var at = r.Next(o.Members!.Count); o.Members[at] = ($"\"{Names[r.Next(Names.Length)]}\"", o.Members[at].Value); })),
        new("type changed", static (d, r) => Member(d, r, static n => n == "\"type\"", static r => $"\"{Types[r.Next(Types.Length)]}\"")),
        new("index changed", static (d, r) => Member(d, r, static n => n.EndsWith("_index\"", StringComparison.Ordinal), static r => Indexes[r.Next(Indexes.Length)])),
        new("id changed", static (d, r) => Member(d, r, static n => n.EndsWith("id\"", StringComparison.Ordinal), static r => r.Next(3) switch { 0 => "\"\"", 1 => "null", _ => $"\"{r.Next(3)}\"" })),
        new("status changed", static (d, r) => Member(d, r, static n => n is "\"status\"" or "\"error\"" or "\"store\"", static r => Values[r.Next(Values.Length)])),
        new("items changed places", static (d, r) => List(d, r, static (l, r) => { var (a, b) = (r.Next(l.Count), r.Next(l.Count)); (l[a], l[b]) = (l[b], l[a]); })),
        new("item dropped", static (d, r) => List(d, r, static (l, r) => l.RemoveAt(r.Next(l.Count)))),
        new("item doubled", static (d, r) => List(d, r, static (l, r) => l.Insert(r.Next(l.Count + 1), l[r.Next(l.Count)]))),
        new("null among items", static (d, r) => List(d, r, static (l, r) => l.Insert(r.Next(l.Count + 1), Fuzz.Tree.OfRaw("null")))),
        new("JSON cut", static (d, r) => KeepingMutations.One(d, r, e => e with { Data = e.Data[..r.Next(e.Data.Length + 1)] })),
        new("event dropped", static (d, r) => Events(d, r, static (l, r) => l.RemoveAt(r.Next(l.Count))), MutationFor.Streams),
        new("events dropped from the end", static (d, r) => Events(d, r, static (l, r) => { var start = r.Next(l.Count); l.RemoveRange(start, l.Count - start); }), MutationFor.Streams),
        new("event doubled", static (d, r) => Events(d, r, static (l, r) => l.Insert(r.Next(l.Count + 1), l[r.Next(l.Count)])), MutationFor.Streams),
        new("events changed places", static (d, r) => Events(d, r, static (l, r) => { var (a, b) = (r.Next(l.Count), r.Next(l.Count)); (l[a], l[b]) = (l[b], l[a]); }), MutationFor.Streams),
        new("end of an event missing", static (d, r) => KeepingMutations.One(d, r, static e => e with { HasNoEnd = true }), MutationFor.Streams),
        new("odd lines", static (d, r) => KeepingMutations.One(d, r, e => e with { Before = OddLines[r.Next(OddLines.Length)] }), MutationFor.Streams),
        new("status", static (d, r) => { d.Status = Statuses[r.Next(Statuses.Length)]; return true; }),
        new("content type", static (d, r) => { d.ContentType = ContentTypes[r.Next(ContentTypes.Length)]; return true; }),
        new("gzip that is none", static (d, _) => d.LiesAboutGzip = true),
    ];

    private static bool Tree(Draft draft, Random random, Action<List<Tree>, Random> change) => KeepingMutations.Json(draft, random, (tree, random) =>
    {
        var all = new List<Tree>();
        tree.Collect(all);
        change(all, random);
        return tree.ToString();
    });

    private static bool Object(Draft draft, Random random, Action<Tree, Random> change) => Tree(draft, random, (all, random) =>
    {
        var objects = all.FindAll(static t => t.Members is { Count: > 0 });
        if (objects.Count > 0)
        {
            change(Pick(objects, random), random);
        }
    });

    private static bool List(Draft draft, Random random, Action<List<Tree>, Random> change) => Tree(draft, random, (all, random) =>
    {
        var lists = all.FindAll(static t => t.Items is { Count: > 0 });
        if (lists.Count > 0)
        {
            change(Pick(lists, random).Items!, random);
        }
    });

    private static bool Member(Draft draft, Random random, Func<string, bool> name, Func<Random, string> value) => Tree(draft, random, (all, random) =>
    {
        var members = all.SelectMany(static t => t.Members ?? []).Where(m => name(m.Name)).ToList();
        if (members.Count > 0)
        {
            Pick(members, random).Value.Become(value(random));
        }
    });

    private static bool Events(Draft draft, Random random, Action<List<DraftEvent>, Random> change)
    {
        if (draft.Events.Count > 0)
        {
            change(draft.Events, random);
        }

        return true;
    }

    private static void Double(Tree tree, Random random)
    {
        var (name, value) = Pick(tree.Members!, random);
        var other = random.Next(2) == 0 ? Fuzz.Tree.OfRaw(Values[random.Next(Values.Length)]) : value;
        tree.Members!.Insert(random.Next(tree.Members.Count + 1), (name, other));
    }

    private static T Pick<T>(List<T> list, Random random) => list[random.Next(list.Count)];
}
