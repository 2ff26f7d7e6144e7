using System.Text;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Web.Markdown;

/// <summary>Converts a parsed document to nodes.</summary>
/// <param name="source">The text of the document.</param>
/// <param name="isComplete">Whether no text follows.</param>
/// <param name="maxNodes">The maximum number of nodes.</param>
internal sealed class TreeBuilder(string source, bool isComplete, int maxNodes)
{
    private int _nodes;

    /// <summary>Returns the blocks of a document.</summary>
    /// <exception cref="TooManyNodesException">The document has too many nodes.</exception>
    public IEnumerable<ParsedBlock> Build(MarkdownDocument document)
    {
        foreach (var block in document.OrderBy(static block => block.Span.Start))
        {
            if (ToNode(block) is { } node)
            {
                yield return new ParsedBlock(node, source.LastIndexOf('\n', Math.Clamp(block.Span.Start - 1, 0, source.Length - 1), Math.Clamp(block.Span.Start, 0, source.Length)) + 1, IsOpen(block));
            }
        }
    }

    private bool IsOpen(Block block) => !isComplete && block is FencedCodeBlock { ClosingFencedCharCount: 0 };

    private IReadOnlyList<Node> ToNodes(ContainerBlock container) => [.. container.Select(ToNode).OfType<Node>()];

    private Node? ToNode(Block block) => block switch
    {
        HeadingBlock heading => Count(new Node("heading") { Level = heading.Level, Nodes = Content(heading) }),
        ParagraphBlock paragraph => Count(new Node("paragraph") { Nodes = Content(paragraph) }),
        MathBlock math => Count(new Node("math-block") { Text = Lines(math) }),
        FencedCodeBlock code => Count(Code(code, Language(code.Info))),
        CodeBlock code => Count(Code(code, null)),
        ThematicBreakBlock => Count(new Node("rule")),
        QuoteBlock quote => Count(new Node("quote") { Nodes = ToNodes(quote) }),
        ListBlock list => Count(new Node("list")
        {
            Start = list.IsOrdered ? int.TryParse(list.OrderedStart, out var first) ? first : 1 : null,
            IsLoose = list.IsLoose,
            Nodes = ToNodes(list),
        }),
        ListItemBlock item => Count(new Node("item") { Nodes = item.Parent is ListBlock { IsLoose: false } ? TightNodes(item) : ToNodes(item) }),
        Table table => Count(new Node("table") { Nodes = [.. table.OfType<TableRow>().Select(row => Row(table, row))] }),
        _ => null,
    };

    // The text of an item without blank lines around it is no paragraph.
    private IReadOnlyList<Node> TightNodes(ListItemBlock item) =>
        [.. item.SelectMany(block => block is ParagraphBlock paragraph ? Content(paragraph) : ToNode(block) is { } node ? [node] : (IReadOnlyList<Node>)[])];

    private Node Row(Table table, TableRow row) => Count(new Node("row")
    {
        IsSet = row.IsHeader,
        Nodes = [.. row.OfType<TableCell>().Select((cell, column) => Count(new Node("cell") { Name = Alignment(table, column), Nodes = CellContent(cell) }))],
    });

    private IReadOnlyList<Node> CellContent(TableCell cell) => [.. cell.OfType<LeafBlock>().SelectMany(Content)];

    private static string? Alignment(Table table, int column) => column >= table.ColumnDefinitions.Count ? null : table.ColumnDefinitions[column].Alignment switch
    {
        TableColumnAlign.Center => "center",
        TableColumnAlign.Right => "right",
        _ => null,
    };

    private Node Code(CodeBlock block, string? language)
    {
        var text = Lines(block);
        var scopes = IsOpen(block) ? null : CodeHighlighter.Highlight(text, language);
        return scopes is null
            ? new Node("code") { Name = language, Text = text }
            : new Node("code") { Name = language, Nodes = [.. scopes.Select(Count)] };
    }

    // Pandoc and others write ```{.python}; the first word is the language.
    private static string? Language(string? info) => info?.Trim('{', '}', '.', ' ') is { Length: > 0 and <= 40 } name ? name : null;

    private static string Lines(LeafBlock block)
    {
        var text = new StringBuilder();
        for (var line = 0; line < block.Lines.Count; line++)
        {
            text.Append(line == 0 ? "" : "\n").Append(block.Lines.Lines[line].Slice.AsSpan());
        }

        return text.ToString();
    }

    /// <summary>Returns the inline elements of a block; the text as it is when the block has too many marks.</summary>
    private IReadOnlyList<Node> Content(LeafBlock block) =>
        block.ProcessInlines ? block.Inline is { } inline ? Inlines(inline) : [] : [Count(new Node("text") { Text = Lines(block) })];

    private List<Node> Inlines(ContainerInline container)
    {
        var nodes = new List<Node>();
        for (var inline = container.FirstChild; inline is not null; inline = inline.NextSibling)
        {
            Add(nodes, inline);
        }

        return nodes;
    }

    private void Add(List<Node> nodes, Inline inline)
    {
        switch (inline)
        {
            case LiteralInline literal:
                AddText(nodes, literal.Content.ToString());
                break;
            case HtmlEntityInline entity:
                AddText(nodes, entity.Transcoded.ToString());
                break;
            case LineBreakInline:
                nodes.Add(Count(new Node("break")));
                break;
            case CodeInline code:
                nodes.Add(Count(new Node("code-span") { Text = code.Content }));
                break;
            case MathInline math:
                nodes.Add(Count(new Node("math") { Text = math.Content.ToString() }));
                break;
            case TaskList task:
                nodes.Add(Count(new Node("checkbox") { IsSet = task.Checked }));
                break;
            case AutolinkInline auto:
                AddLink(nodes, auto.IsEmail ? $"mailto:{auto.Url}" : auto.Url, [new Node("text") { Text = auto.Url }]);
                break;
            case LinkInline link:
                AddLink(nodes, link.GetDynamicUrl?.Invoke() ?? link.Url, Inlines(link));
                break;
            case EmphasisInline emphasis:
                nodes.Add(Count(new Node(Emphasis(emphasis)) { Nodes = Inlines(emphasis) }));
                break;
            case DelimiterInline delimiter:
                // A delimiter without its counterpart is text.
                AddText(nodes, delimiter.ToLiteral());
                Inlines(delimiter).ForEach(node => Append(nodes, node));
                break;
            case ContainerInline other:
                Inlines(other).ForEach(node => Append(nodes, node));
                break;
        }
    }

    private void AddLink(List<Node> nodes, string? address, List<Node> content)
    {
        if (content.Count == 0)
        {
            content.Add(new Node("text") { Text = address ?? "" });
        }

        if (SafeAddress.From(address) is not { } href)
        {
            content.ForEach(node => Append(nodes, node));
            return;
        }

        var isCitation = content is [{ Type: "text", Text: ['[', .., ']'] text }] && text[1..^1].All(char.IsAsciiDigit);
        nodes.Add(Count(isCitation ? new Node("citation") { Href = href, Text = content[0].Text![1..^1] } : new Node("link") { Href = href, Nodes = content }));
    }

    private static string Emphasis(EmphasisInline emphasis) => (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
    {
        ('~', 2) => "deleted",
        ('~', _) => "subscript",
        ('^', _) => "superscript",
        ('+', _) => "inserted",
        ('=', _) => "marked",
        (_, 2) => "strong",
        _ => "emphasis",
    };

    private void AddText(List<Node> nodes, string text)
    {
        if (text.Length > 0)
        {
            Append(nodes, Count(new Node("text") { Text = text }));
        }
    }

    // Adjacent texts are one node.
    private static void Append(List<Node> nodes, Node node)
    {
        if (node.Type == "text" && nodes is [.., { Type: "text" } last])
        {
            nodes[^1] = last with { Text = last.Text + node.Text };
        }
        else
        {
            nodes.Add(node);
        }
    }

    private Node Count(Node node) => ++_nodes <= maxNodes ? node : throw new TooManyNodesException();
}
