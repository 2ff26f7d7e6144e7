using System.Text;

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

    /// <summary>The first words of a text, on one line.</summary>
    public static string Excerpt(string text, int length)
    {
        var line = OneLine(text.Length > 4 * length ? text[..(4 * length)] : text);
        return line.Length <= length ? line : line[..(char.IsHighSurrogate(line[length - 2]) ? length - 2 : length - 1)] + "…";
    }

    /// <summary>The last words of a text, on one line.</summary>
    public static string Tail(string text, int length)
    {
        var line = OneLine(text.Length > 4 * length ? text[^(4 * length)..] : text);
        return line.Length <= length ? line : "…" + line[^(char.IsLowSurrogate(line[^(length - 1)]) ? length - 2 : length - 1)..];
    }

    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
