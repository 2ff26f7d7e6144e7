using System.Text.Json;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>A value of a script file with its line, for messages.</summary>
internal sealed record ScriptNode(string File, int Line, string Path, JsonValueKind Kind, string Raw)
{
    /// <summary>The text of a string; empty for other kinds.</summary>
    public string Text { get; init; } = "";

    public IReadOnlyList<(string Name, ScriptNode Value)> Members { get; init; } = [];

    public IReadOnlyList<ScriptNode> Items { get; init; } = [];

    public FormatException Error(string problem) => new($"{File}, line {Line}{(Path.Length > 0 ? $", {Path}" : "")}: {problem}");

    public ScriptNode? Find(string name) => Members.Where(member => member.Name == name).Select(static member => member.Value).LastOrDefault();

    /// <summary>Requires an object with these members only.</summary>
    public ScriptNode ObjectOf(params string[] names)
    {
        Require(JsonValueKind.Object, "an object");
        if (Members.FirstOrDefault(member => !names.Contains(member.Name)) is { Name: { } unknown, Value: var value })
        {
            throw value.Error($"The member \"{unknown}\" does not exist here. Use one of: {string.Join(", ", names)}.");
        }

        return Members.GroupBy(static member => member.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice
            ? throw twice.Last().Value.Error($"The member \"{twice.Key}\" occurs twice.")
            : this;
    }

    public ScriptNode Member(string name) => Find(name) ?? throw Error($"The member \"{name}\" is missing.");

    public string String() => Require(JsonValueKind.String, "a text").Text;

    public string String(string name) => Member(name).String();

    public string? StringOrNull(string name) => Find(name) is { Kind: not JsonValueKind.Null } value ? value.String() : null;

    public bool Boolean() => Kind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong("true or false"),
    };

    public int Number() => Require(JsonValueKind.Number, "a whole number of at least 0") is var node && int.TryParse(node.Raw, out var number) && number >= 0 ? number : throw Wrong("a whole number of at least 0");

    public int Number(string name, int missing) => Find(name)?.Number() ?? missing;

    public IReadOnlyList<ScriptNode> Array() => Require(JsonValueKind.Array, "an array").Items;

    /// <summary>Returns the texts of an array, or of a text alone.</summary>
    public string[] Strings() => Kind == JsonValueKind.String ? [Text] : [.. Array().Select(static item => item.String())];

    public string[] Strings(string name) => Find(name)?.Strings() ?? [];

    /// <summary>Returns a text as it is, and any other value as JSON.</summary>
    public string StringOrJson() => Kind == JsonValueKind.String ? Text : Raw;

    /// <summary>Returns the value of a member, or this value where it is not an object: <c>"cite": "url"</c> for <c>"cite": {"url": "…"}</c>.</summary>
    public string Short(string name) => Kind == JsonValueKind.String ? Text : String(name);

    public FormatException Wrong(string expected) => Error($"The value must be {expected}, but it is {Describe()}.");

    private ScriptNode Require(JsonValueKind kind, string expected) => Kind == kind ? this : throw Wrong(expected);

    private string Describe() => Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a text",
        _ => Raw,
    };
}
