using System.Globalization;
using System.Text;
using Spectre.Console.Rendering;

namespace Chat;

/// <summary>Makes untrusted text safe to write to a terminal.</summary>
internal static class TerminalText
{
    /// <summary>Removes control characters, except line feed and tab, and characters that change the text direction.</summary>
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

    /// <summary>Cleans text and joins it to one line.</summary>
    public static string OneLine(string text) =>
        Clean(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Returns the beginning of a text on one line of at most the given number of terminal cells.</summary>
    public static string Excerpt(string text, int cells)
    {
        var line = OneLine(text.Length > 4 * cells ? text[..(4 * cells)] : text);
        return Fit(line, Elements(line), cells) is { } fit ? fit + "…" : line;
    }

    /// <summary>Returns the end of a text on one line of at most the given number of terminal cells.</summary>
    public static string Tail(string text, int cells)
    {
        var line = OneLine(text.Length > 4 * cells ? text[^(4 * cells)..] : text);
        return Fit(line, Elements(line).Reverse(), cells) is { } fit ? "…" + line[^fit.Length..] : line;
    }

    /// <summary>Returns the number of terminal cells of a grapheme cluster.</summary>
    /// <remarks>A cluster such as a flag or a family emoji takes two cells, regardless of its number of characters.</remarks>
    public static int Cells(string element) => Math.Min(2, new Segment(element).CellCount());

    /// <summary>Returns the elements that fit, with one cell left for an ellipsis; null when all fit.</summary>
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
