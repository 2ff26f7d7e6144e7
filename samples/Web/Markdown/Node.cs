using System.Text.Json.Serialization;

namespace Web.Markdown;

/// <summary>
/// A node of an answer's tree: a block or an inline element. The page creates one DOM element per node and puts texts into text nodes, so
/// nothing in a text can become markup.
/// </summary>
/// <param name="Type">
/// A block: <c>paragraph</c>, <c>heading</c>, <c>list</c>, <c>item</c>, <c>quote</c>, <c>code</c>, <c>math-block</c>, <c>rule</c>, <c>table</c>,
/// <c>row</c>, <c>cell</c>, <c>plain</c> (text that is not parsed). An inline element: <c>text</c>, <c>strong</c>, <c>emphasis</c>, <c>deleted</c>,
/// <c>inserted</c>, <c>marked</c>, <c>superscript</c>, <c>subscript</c>, <c>code-span</c>, <c>math</c>, <c>link</c>, <c>citation</c>, <c>break</c>,
/// <c>checkbox</c>, <c>scope</c> (a highlighted part of code).
/// </param>
internal sealed record Node(string Type)
{
    /// <summary>The text of a leaf; null for other nodes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>The children; null for a leaf.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Node>? Nodes { get; init; }

    /// <summary>The level of a heading, from 1 to 6.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Level { get; init; }

    /// <summary>The first number of an ordered list; null for other lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Start { get; init; }

    /// <summary>Whether the items of a list are separated by blank lines.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsLoose { get; init; }

    /// <summary>Whether a task is done, or a row is the header of its table.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsSet { get; init; }

    /// <summary>The address of a link: http, https or mailto.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Href { get; init; }

    /// <summary>The language of code, the class of a scope, or the alignment of a cell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Whether two nodes are equal except for their texts and children.</summary>
    public bool HasSameHead(Node other) =>
        (Type, Level, Start, IsLoose, IsSet, Href, Name) == (other.Type, other.Level, other.Start, other.IsLoose, other.IsSet, other.Href, other.Name)
        && (Text is null) == (other.Text is null) && (Nodes is null) == (other.Nodes is null);

    /// <summary>Whether two trees are equal.</summary>
    public bool IsSameTree(Node other) => ReferenceEquals(this, other)
        || (HasSameHead(other) && Text == other.Text && (Nodes ?? []).Count == (other.Nodes ?? []).Count
            && (Nodes ?? []).Zip(other.Nodes ?? []).All(static pair => pair.First.IsSameTree(pair.Second)));
}

/// <summary>An answer as blocks.</summary>
internal sealed record AnswerView(IReadOnlyList<Node> Blocks);
