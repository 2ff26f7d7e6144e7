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

    /// <summary>
    /// Makes a name, an id or a JSON document visible on one line: replaces control characters, including line feeds, characters that change
    /// the text direction and halves of surrogate pairs by their escapes, such as <c>\u001B</c>.
    /// </summary>
    public static string Escape(string text)
    {
        if (!Enumerable.Range(0, text.Length).Any(i => MustEscape(text, i)))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            _ = MustEscape(text, i) ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}") : escaped.Append(text[i]);
        }

        return escaped.ToString();
    }

    /// <summary>Escapes a name or an id and cuts it to at most the given number of terminal cells.</summary>
    public static string Name(string name, int cells = 60) => Excerpt(Escape(name), cells);

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

    /// <summary>Returns a part of a line with as much of the text around it as fits into the given number of terminal cells.</summary>
    /// <param name="line">A text of one line.</param>
    /// <param name="start">The index of the part.</param>
    /// <param name="length">The length of the part.</param>
    /// <param name="cells">The number of cells.</param>
    public static (string Before, string Part, string After) Around(string line, int start, int length, int cells)
    {
        var part = line.Substring(start, length);
        var shown = Fit(part, Elements(part), cells) is { } fit ? fit + "…" : part;
        var room = Math.Max(0, cells - Elements(shown).Sum(Cells));
        var before = line[..start];
        var after = line[(start + length)..];
        // Each side gets half of the room, and what the other side leaves free.
        var roomBefore = Math.Max(room / 2, room - Elements(after).Sum(Cells));
        before = Fit(before, Elements(before).Reverse(), roomBefore) is { } end ? "…" + before[^end.Length..] : before;
        var roomAfter = Math.Max(0, room - Elements(before).Sum(Cells));
        return (before, shown, Fit(after, Elements(after), roomAfter) is { } beginning ? beginning + "…" : after);
    }

    /// <summary>Returns the number of terminal cells of a grapheme cluster.</summary>
    /// <remarks>A cluster such as a flag or a family emoji takes two cells, regardless of its number of characters.</remarks>
    public static int Cells(string element) => Math.Min(2, new Segment(element).CellCount());

    /// <summary>Returns the grapheme clusters of a text.</summary>
    public static IEnumerable<string> Elements(string text)
    {
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            yield return elements.GetTextElement();
        }
    }

    /// <summary>Whether a character must not reach a terminal in a text: a control character except line feed and tab, or one that changes the text direction.</summary>
    public static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');

    /// <summary>Returns the elements that fit, with one cell left for an ellipsis; null when all fit.</summary>
    private static string? Fit(string line, IEnumerable<string> elements, int cells)
    {
        if (Elements(line).Sum(Cells) <= cells)
        {
            return null;
        }

        var room = Math.Max(0, cells - 1);
        return string.Concat(elements.TakeWhile(e => (room -= Cells(e)) >= 0));
    }

    private static bool MustEscape(string text, int index) => text[index] switch
    {
        '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' => true,
        var c when char.IsHighSurrogate(c) => index + 1 >= text.Length || !char.IsLowSurrogate(text[index + 1]),
        var c when char.IsLowSurrogate(c) => index == 0 || !char.IsHighSurrogate(text[index - 1]),
        var c => c is '\n' or '\t' || IsUnsafe(c),
    };
}
