using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Chat;

/// <summary>Makes text of others safe to write to a terminal.</summary>
internal static class TerminalText
{
    /// <summary>Text without what steers a terminal: control characters but line feed and tab, and marks that turn the reading direction.</summary>
    public static string Clean(string text)
    {
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text.Where(static c => !IsUnsafe(c)))
        {
            clean.Append(c);
        }

        return clean.ToString();
    }

    /// <summary>Clean text on one line.</summary>
    public static string OneLine(string text) =>
        Clean(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>The first words of a text, on one line of at most so many cells.</summary>
    public static string Excerpt(string text, int cells)
    {
        var line = OneLine(text.Length > 4 * cells ? text[..(4 * cells)] : text);
        return Fit(line, Elements(line), cells) is { } fit ? fit + "…" : line;
    }

    /// <summary>The last words of a text, on one line of at most so many cells.</summary>
    public static string Tail(string text, int cells)
    {
        var line = OneLine(text.Length > 4 * cells ? text[^(4 * cells)..] : text);
        return Fit(line, Elements(line).Reverse(), cells) is { } fit ? "…" + line[^fit.Length..] : line;
    }

    /// <summary>How many cells of the screen one character takes, as a reader counts characters.</summary>
    /// <remarks>A cluster such as a flag or a family is drawn in two cells, however many characters it is made of.</remarks>
    public static int Cells(string element) => Math.Min(2, new Segment(element).CellCount());

    /// <summary>What characters fit, with a cell left for the sign that some are missing; null when none is.</summary>
    private static string? Fit(string line, IEnumerable<string> elements, int cells)
    {
        if (Elements(line).Sum(Cells) <= cells)
        {
            return null;
        }

        var room = cells - 1;
        return string.Concat(elements.TakeWhile(e => (room -= Cells(e)) >= 0));
    }

    private static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
