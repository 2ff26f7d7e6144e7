using System.Globalization;
using System.Text;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Mutations that keep the meaning of an answer.</summary>
internal static class KeepingMutations
{
    private const string Unknown = """{"type":"response.unheard_of","surprise":{"text":"not a word of the answer","error":null}}""";
    private static readonly string[] Lines = [": keep-alive\n", ":\n", "id: 4711\n", "retry: 10\n", "datum: 1\n", "dat\n", ": \uFEFF ünï\n", "\n", "event: ping\n"];

    public static IReadOnlyList<Mutation> All { get; } =
    [
        new("kept: line ends", static (d, r) => Set(() => d.NewLine = r.Next(2) == 0 ? "\r\n" : "\r"), MutationFor.Streams),
        new("kept: byte order mark", static (d, _) => Set(() => d.HasMark = true)),
        new("kept: no space after data", static (d, _) => Set(() => d.HasNoSpaces = true), MutationFor.Streams),
        new("kept: event names", static (d, r) => Each(d, e => e with { Name = r.Next(3) switch { 0 => null, 1 => "error", _ => "response.completed" } }), MutationFor.Streams),
        new("kept: comments and other fields", static (d, r) => One(d, r, e => e with { Before = e.Before + Lines[r.Next(Lines.Length)].Replace("\n", d.NewLine, StringComparison.Ordinal) }), MutationFor.Streams),
        new("kept: data over several lines", static (d, r) => Json(d, r, static (tree, _) => tree.ToString("\n")), MutationFor.Streams),
        new("kept: [DONE] anywhere", static (d, r) => Set(() => d.Events.Insert(r.Next(d.Events.Count + 1), new DraftEvent("[DONE]", null))), MutationFor.Streams),
        new("kept: unknown event", static (d, r) => Set(() => d.Events.Insert(r.Next(d.Events.Count + 1), new DraftEvent(Unknown, "response.unheard_of"))), MutationFor.Streams),
        new("kept: sequence numbers", SequenceNumbers, MutationFor.Streams),
        new("kept: an event of progress twice", static (d, r) => Twice(d, r, "response.created", "response.in_progress", "response.output_item.added"), MutationFor.Streams),
        new("kept: a finished item twice", static (d, r) => Twice(d, r, "response.output_item.done"), MutationFor.Streams),
        new("kept: something after the end", AfterTheEnd, MutationFor.Streams),
        new("kept: white space", static (d, r) => Json(d, r, static (tree, r) => tree.ToString(r.Next(2) == 0 ? " " : "\t "))),
        new("kept: unknown members", static (d, r) => Json(d, r, AddMember)),
        new("kept: members in another order", static (d, r) => Json(d, r, Shuffle)),
        new("kept: letters as escapes", static (d, r) => Json(d, r, Escape)),
        new("kept: gzip", static (d, _) => Set(() => d.IsGzip = true)),
        new("kept: charset", static (d, _) => Set(() => d.ContentType += d.ContentType is null ? "" : "; charset=utf-8")),
        new("kept: content type in capitals", static (d, _) => Set(() => d.ContentType = d.ContentType?.ToUpperInvariant())),
        new("kept: no content type", static (d, _) => Set(() => d.ContentType = null)),
        new("kept: cut anywhere", static (_, _) => true),
    ];

    public static bool Json(Draft draft, Random random, Func<Tree, Random, string> change) =>
        One(draft, random, e => e.Raw is null && Tree.Parse(e.Data) is { Raw: null } tree ? e with { Data = change(tree, random) } : e);

    public static bool One(Draft draft, Random random, Func<DraftEvent, DraftEvent> change)
    {
        if (draft.Events.Count == 0)
        {
            return false;
        }

        // Half of the time the first or the last, which matter most.
        var at = random.Next(4) switch { 0 => 0, 1 => draft.Events.Count - 1, _ => random.Next(draft.Events.Count) };
        draft.Events[at] = change(draft.Events[at]);
        return true;
    }

    private static bool Set(Action change)
    {
        change();
        return true;
    }

    private static bool Each(Draft draft, Func<DraftEvent, DraftEvent> change)
    {
        for (var i = 0; i < draft.Events.Count; i++)
        {
            draft.Events[i] = change(draft.Events[i]);
        }

        return true;
    }

    private static bool Twice(Draft draft, Random random, params string[] types)
    {
        var places = Enumerable.Range(0, draft.Events.Count).Where(i => types.Contains(draft.Events[i].Name)).ToList();
        if (places.Count == 0)
        {
            return false;
        }

        var at = places[random.Next(places.Count)];
        draft.Events.Insert(at, draft.Events[at]);
        return true;
    }

    /// <summary>Changes the sequence numbers: another start, larger steps, all equal, or none.</summary>
    private static bool SequenceNumbers(Draft draft, Random random)
    {
        var (first, step, isNumbered) = (random.Next(100_000), random.Next(4), random.Next(4) > 0);
        return Each(draft, e =>
        {
            if (e.Raw is not null || Tree.Parse(e.Data) is not { Members: { } members } tree || members.FindIndex(static m => m.Name == "\"sequence_number\"") is not (>= 0 and var at))
            {
                return e;
            }

            if (isNumbered)
            {
                members[at].Value.Become(((step * int.Parse(members[at].Value.Raw!, CultureInfo.InvariantCulture)) + first).ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                members.RemoveAt(at);
            }

            return e with { Data = tree.ToString() };
        });
    }

    private static bool AfterTheEnd(Draft draft, Random random)
    {
        if (draft.Events.Count == 0 || draft.Events[^1].Name is not ("response.completed" or "response.incomplete" or "response.failed" or "error"))
        {
            return false;
        }

        var (first, rest) = (draft.NewLine, random.Next(3) switch { 0 => "data: {broken", 1 => "event: error\ndata: {\"type\":\"error\"}\n\n", _ => "\0\u0001<html>" });
        draft.Events.Add(new DraftEvent("", null) { Raw = first + rest });
        return true;
    }

    private static string AddMember(Tree tree, Random random)
    {
        // An additional member would be visible in an item that is passed on unchanged.
        var response = tree.Members?.Find(static m => m.Name == "\"response\"").Value;
        var into = response?.Members is { } inner && random.Next(2) == 0 ? inner : tree.Members;
        into?.Insert(random.Next(into.Count + 1), ("\"unheard_of\"", Tree.OfRaw(random.Next(3) switch { 0 => "[1,{\"type\":\"error\"}]", 1 => "null", _ => "\"x\"" })));
        return tree.ToString();
    }

    private static string Shuffle(Tree tree, Random random)
    {
        var all = new List<Tree>();
        tree.Collect(all);
        foreach (var one in all)
        {
            for (var i = (one.Members?.Count ?? 0) - 1; i > 0; i--)
            {
                var j = random.Next(i + 1);
                (one.Members![i], one.Members[j]) = (one.Members[j], one.Members[i]);
            }
        }

        return tree.ToString();
    }

    /// <summary>Writes characters of texts and names as \u escapes.</summary>
    private static string Escape(Tree tree, Random random)
    {
        var json = tree.ToString();
        var text = new StringBuilder(json.Length * 2);
        var isText = false;
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] == '\\')
            {
                var length = json[i + 1] == 'u' ? 6 : 2;
                text.Append(json, i, length);
                i += length - 1;
            }
            else if (json[i] == '"')
            {
                isText = !isText;
                text.Append('"');
            }
            else if (isText && random.Next(8) == 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)json[i]:x4}");
            }
            else
            {
                text.Append(json[i]);
            }
        }

        return text.ToString();
    }
}
