using System.Globalization;

namespace Chat;

/// <summary>Divides a text into the rows of a terminal. A row ends between words, or inside a word that is longer than a row.</summary>
internal static class TextRows
{
    private const int TabCells = 4;

    /// <summary>Divides a text into rows; an empty text has one row.</summary>
    /// <param name="text">The text; line feeds end rows.</param>
    /// <param name="cells">The width of a row in terminal cells. Spaces at the end of a row can exceed it.</param>
    public static IReadOnlyList<TextRow> Divide(string text, int cells)
    {
        var rows = new List<TextRow>();
        // The break is the index after the last space of the row, where the row can end.
        var (start, breakAt, used, usedAfterBreak) = (0, 0, 0, 0);
        for (int index = 0, length; index < text.Length; index += length)
        {
            length = StringInfo.GetNextTextElementLength(text, index);
            var element = text.Substring(index, length);
            if (element is "\n" or "\r\n")
            {
                rows.Add(new(start, index));
                (start, breakAt, used, usedAfterBreak) = (index + length, index + length, 0, 0);
                continue;
            }

            var width = Cells(element);
            if (element == " ")
            {
                (breakAt, used, usedAfterBreak) = (index + length, used + width, 0);
                continue;
            }

            if (used + width > cells && index > start)
            {
                var end = breakAt > start ? breakAt : index;
                rows.Add(new(start, end));
                (start, used) = (end, breakAt > start ? usedAfterBreak : 0);
                (breakAt, usedAfterBreak) = (end, used);
            }

            used += width;
            usedAfterBreak += width;
            if (width == 2)
            {
                // Scripts with wide characters put no spaces between words.
                (breakAt, usedAfterBreak) = (index + length, 0);
            }
        }

        rows.Add(new(start, text.Length));
        return rows;
    }

    /// <summary>Wraps a text: joins its rows with line feeds and indents all rows except the first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="cells">The width including the indentation.</param>
    /// <param name="indentation">The number of spaces before each row except the first, which the caller has placed.</param>
    public static string Wrap(string text, int cells, int indentation) => string.Join(
        "\n" + new string(' ', indentation),
        Divide(text, Math.Max(1, cells - indentation)).Select(row => text[row.Start..row.End].TrimEnd(' ')));

    /// <summary>Returns the number of terminal cells that <see cref="Show"/> takes for a grapheme cluster.</summary>
    public static int Cells(string element) => element switch
    {
        "\t" => TabCells,
        [var c] when TerminalText.IsUnsafe(c) => 1,
        _ => TerminalText.Cells(element),
    };

    /// <summary>Returns the number of terminal cells that <see cref="Show"/> takes for a text of one row.</summary>
    public static int TotalCells(string text) => TerminalText.Elements(text).Sum(Cells);

    /// <summary>Replaces the characters of a row that a terminal does not show as one character: tabs by spaces, and unsafe characters by U+FFFD.</summary>
    public static string Show(string row) => string.Concat(row.Select(static c => c switch
    {
        '\t' => new string(' ', TabCells),
        _ when TerminalText.IsUnsafe(c) => "\uFFFD",
        _ => c.ToString(),
    }));
}
