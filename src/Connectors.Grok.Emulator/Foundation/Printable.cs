using System.Globalization;
using System.Text;

namespace Connectors.Grok.Emulator.Foundation;

/// <summary>Text that is safe in a terminal and in one line of a log.</summary>
internal static class Printable
{
    private const int MaxLength = 2_000;

    /// <summary>Replaces control characters, line separators, and characters that are invisible or change the direction of text, by escapes such as <c>\u001B</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepsLines">Whether line feeds stay.</param>
    public static string Escape(string text, bool keepsLines = false)
    {
        var escaped = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (escaped.Length >= MaxLength)
            {
                return escaped.Append('…').ToString();
            }

            _ = IsSafe(rune) || (keepsLines && rune.Value == '\n') ? escaped.Append(rune.ToString()) : escaped.Append($"\\u{rune.Value:X4}");
        }

        return escaped.ToString();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
        or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
