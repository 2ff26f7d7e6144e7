using System.Text.Json;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>
/// A script as a JSON file (docs/grok-emulator-script.schema.json): a queue of replies, and rules with conditions on the request. Every step and
/// option of a reply in C# has an equivalent.
/// </summary>
internal sealed class ScriptFile
{
    private readonly List<Action<ReplyBuilder>> _replies = [];
    private readonly List<(Func<RecordedRequest, bool> Matches, List<Action<ReplyBuilder>> Replies, Action<ReplyBuilder>? Always)> _rules = [];

    private ScriptFile()
    {
    }

    /// <summary>The members of the file.</summary>
    public static IReadOnlyList<string> Names { get; } = ["$schema", "strict", "replies", "rules"];

    /// <summary>The members of a rule.</summary>
    public static IReadOnlyList<string> RuleNames { get; } = ["when", "replies", "always"];

    /// <summary>Whether a request without a reply gets an error.</summary>
    public bool IsStrict { get; private set; }

    /// <summary>The number of replies in the queue and in the rules. A reply that a rule gives to every matching request counts once.</summary>
    public int Count => _replies.Count + _rules.Sum(static rule => rule.Replies.Count + (rule.Always is null ? 0 : 1));

    /// <summary>The gates by name, at which replies wait until the gate is opened.</summary>
    public Dictionary<string, ReplyGate> Gates { get; } = new(StringComparer.Ordinal);

    /// <summary>Loads a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="FormatException">The file is not a script. The message has the line, the member and the problem.</exception>
    public static ScriptFile Load(string path) => Parse(Path.GetFileName(path), File.ReadAllBytes(path));

    public static ScriptFile Parse(string name, byte[] json)
    {
        var root = ScriptParser.Parse(name, json).ObjectOf([.. Names]);
        var script = new ScriptFile { IsStrict = root.Find("strict")?.Boolean() ?? false };
        if (root.Find("replies") is null && root.Find("rules") is null)
        {
            throw root.Error("The script has no reply. Add \"replies\" or \"rules\".");
        }

        script._replies.AddRange(script.Replies(root));
        foreach (var rule in root.Find("rules")?.Array() ?? [])
        {
            script.AddRule(rule.ObjectOf([.. RuleNames]));
        }

        return script;
    }

    /// <summary>Adds the replies and the rules to a script.</summary>
    public void AddTo(ReplyScript script)
    {
        script.Strict |= IsStrict;
        _replies.ForEach(reply => script.Reply(reply));
        foreach (var (matches, replies, always) in _rules)
        {
            var rule = script.When(matches);
            replies.ForEach(reply => rule.Reply(reply));
            if (always is not null)
            {
                rule.Always(always);
            }
        }
    }

    private void AddRule(ScriptNode rule)
    {
        var matches = ScriptCondition.Read(rule.Member("when"));
        var always = rule.Find("always") is { } reply ? ScriptSteps.Read(reply, Gates) : null;
        if (always is null && rule.Find("replies") is null)
        {
            throw rule.Error("The rule has no reply. Add \"replies\", one for each matching request, or \"always\".");
        }

        _rules.Add((matches, [.. Replies(rule)], always));
    }

    private IEnumerable<Action<ReplyBuilder>> Replies(ScriptNode parent) => parent.Find("replies") is { Kind: not JsonValueKind.Null } replies ? replies.Array().Select(reply => ScriptSteps.Read(reply, Gates)) : [];
}
