using Markdig.Extensions.Mathematics;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;

namespace Web.Markdown;

/// <summary>Reads math between <c>\(</c> and <c>\)</c>, and between <c>\[</c> and <c>\]</c>, as models often write it.</summary>
internal sealed class LatexParser : InlineParser
{
    private const int MaxLength = 2_000;

    public LatexParser() => OpeningCharacters = ['\\'];

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        var open = slice.PeekChar(1);
        if (open is not ('(' or '['))
        {
            return false;
        }

        var rest = slice.AsSpan()[2..];
        rest = rest[..Math.Min(rest.Length, MaxLength)];
        var length = rest.IndexOf(open == '(' ? @"\)" : @"\]", StringComparison.Ordinal);
        if (length < 1)
        {
            return false;
        }

        processor.Inline = new MathInline
        {
            Delimiter = '$',
            DelimiterCount = open == '[' ? 2 : 1,
            Content = new StringSlice(slice.Text, slice.Start + 2, slice.Start + 1 + length),
            Span = new SourceSpan(processor.GetSourcePosition(slice.Start, out var line, out var column), processor.GetSourcePosition(slice.Start + length + 3)),
            Line = line,
            Column = column,
        };
        slice.Start += length + 4;
        return true;
    }
}
