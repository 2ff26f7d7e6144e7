using Markdig;
using Markdig.Parsers;
using Markdig.Parsers.Inlines;
using Markdig.Syntax;

namespace Web.Markdown;

/// <summary>
/// Parses Markdown into blocks. The cost is linear for any input: constructs whose parsing is quadratic are limited, and beyond the
/// limits the text is shown as it is.
/// </summary>
internal static class MarkdownParser
{
    /// <summary>The maximum number of containers (quotes, list items) that one line opens.</summary>
    private const int MaxContainers = 40;

    /// <summary>The maximum number of unclosed brackets, and of brackets, delimiters and code marks, in one paragraph.</summary>
    private const int MaxOpenBrackets = 40;
    private const int MaxMarks = 1_000;

    private static readonly MarkdownPipeline Pipeline = CreatePipeline();

    /// <summary>Parses a text.</summary>
    /// <param name="text">The Markdown.</param>
    /// <param name="isComplete">Whether no text follows. Code that is not closed yet is not highlighted.</param>
    /// <param name="maxNodes">The maximum number of nodes; a text with more is one block of plain text.</param>
    /// <returns>The blocks, with the index in the text at which each begins.</returns>
    public static IReadOnlyList<ParsedBlock> Parse(string text, bool isComplete, int maxNodes)
    {
        var (limited, inserted) = LimitContainers(text.Replace('\0', '\uFFFD'));
        try
        {
            var document = Markdig.Markdown.Parse(limited, Pipeline);
            var builder = new TreeBuilder(limited, isComplete, maxNodes);
            return [.. builder.Build(document).Select(block => block with { Start = ToOriginal(block.Start, inserted) })];
        }
        catch (Exception e) when (e is ArgumentException or TooManyNodesException)
        {
            // Markdig rejects deep nesting with an ArgumentException.
            return text.Length == 0 ? [] : [new ParsedBlock(new Node("plain") { Text = text }, 0, IsOpenCode: false)];
        }
    }

    private static MarkdownPipeline CreatePipeline()
    {
        var builder = new MarkdownPipelineBuilder().DisableHtml().UsePreciseSourceLocation().UsePipeTables().UseTaskLists().UseAutoLinks().UseEmphasisExtras().UseMathematics();
        builder.InlineParsers.InsertBefore<EscapeInlineParser>(new LatexParser());
        foreach (var parser in builder.BlockParsers.OfType<ParagraphBlockParser>())
        {
            parser.Closed += static (processor, _) => Watch(processor.Document);
        }

        foreach (var parser in builder.BlockParsers.OfType<HeadingBlockParser>())
        {
            parser.Closed += static (processor, _) => Watch(processor.Document);
        }

        return builder.Build();
    }

    // All blocks are known then, and no inline element is parsed yet.
    private static void Watch(MarkdownDocument document)
    {
        document.ProcessInlinesBegin -= LimitMarks;
        document.ProcessInlinesBegin += LimitMarks;
    }

    private static void LimitMarks(InlineProcessor processor, Markdig.Syntax.Inlines.Inline? inline)
    {
        foreach (var block in processor.Document.Descendants<LeafBlock>())
        {
            if (block.ProcessInlines && HasTooManyMarks(block))
            {
                block.ProcessInlines = false;
            }
        }
    }

    private static bool HasTooManyMarks(LeafBlock block)
    {
        var (open, marks) = (0, 0);
        for (var line = 0; line < block.Lines.Count; line++)
        {
            foreach (var letter in block.Lines.Lines[line].Slice.AsSpan())
            {
                open = letter switch { '[' => open + 1, ']' => Math.Max(0, open - 1), _ => open };
                marks += letter is '[' or ']' or '*' or '_' or '~' or '^' or '+' or '=' or '`' or '$' or '<' or '!' or '\\' ? 1 : 0;
                if (open > MaxOpenBrackets || marks > MaxMarks)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Escapes the marker of a line that opens too many containers, and returns the positions of the added backslashes.</summary>
    private static (string Text, List<int> Inserted) LimitContainers(string text)
    {
        List<int> inserted = [];
        for (var start = 0; start < text.Length; start = text.IndexOf('\n', start) is >= 0 and var end ? end + 1 : text.Length)
        {
            if (FindExcessMarker(text, start) is { } marker)
            {
                inserted.Add(marker);
            }
        }

        if (inserted.Count == 0)
        {
            return (text, inserted);
        }

        var result = new System.Text.StringBuilder(text.Length + inserted.Count);
        var copied = 0;
        foreach (var position in inserted)
        {
            result.Append(text, copied, position - copied).Append('\\');
            copied = position;
        }

        return (result.Append(text, copied, text.Length - copied).ToString(), inserted);
    }

    private static int? FindExcessMarker(string text, int start)
    {
        var containers = 0;
        for (var index = start; index < text.Length; index++)
        {
            var letter = text[index];
            if (char.IsAsciiDigit(letter) || letter is ' ' or '\t')
            {
                continue;
            }

            if (letter is not ('>' or '-' or '*' or '+' or '.' or ')'))
            {
                return null;
            }

            if (letter == '>' || (index + 1 < text.Length && text[index + 1] is ' ' or '\t'))
            {
                containers++;
            }

            if (containers > MaxContainers)
            {
                return index;
            }
        }

        return null;
    }

    private static int ToOriginal(int position, List<int> inserted) => position - inserted.Count(i => i < position);
}

/// <summary>A block of a parsed text.</summary>
/// <param name="Node">The tree of the block.</param>
/// <param name="Start">The index in the text of the line on which the block begins.</param>
/// <param name="IsOpenCode">Whether it is fenced code whose end has not arrived.</param>
internal sealed record ParsedBlock(Node Node, int Start, bool IsOpenCode);

/// <summary>A text has more nodes than allowed.</summary>
internal sealed class TooManyNodesException : Exception;
