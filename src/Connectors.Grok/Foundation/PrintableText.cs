using System.Globalization;
using System.Text;

namespace Connectors.Grok.Foundation;

/// <summary>Makes names and ids safe for one line of a log or of an exception message. They come from callers or from the service, and may contain anything.</summary>
internal static class PrintableText
{
    /// <summary>The longest text that is shown in full.</summary>
    private const int MostCharacters = 200;

    /// <summary>
    /// Replaces line breaks, control characters, characters that change the direction of text, and halves of surrogate pairs by their
    /// escapes, such as <c>\u000A</c>, and cuts a text of more than 200 characters.
    /// </summary>
    /// <param name="text">The name or id; null counts as empty.</param>
    /// <returns>The text itself where nothing has to be replaced, as nearly always.</returns>
    public static string Escape(string? text)
    {
        text ??= "";
        if (text.Length <= MostCharacters && !Enumerable.Range(0, text.Length).Any(i => IsUnsafe(text, i)))
        {
            return text;
        }

        var shown = Math.Min(text.Length, MostCharacters);
        var result = new StringBuilder();
        for (var i = 0; i < shown; i++)
        {
            _ = IsUnsafe(text, i) ? result.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:X4}") : result.Append(text[i]);
        }

        return (shown < text.Length ? result.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)") : result).ToString();
    }

    private static bool IsUnsafe(string text, int index) => text[index] switch
    {
        // Line and paragraph separator, marks, embeddings and isolates of direction.
        '\u2028' or '\u2029' or '\u061C' or '\u200E' or '\u200F' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        var c when char.IsHighSurrogate(c) => index + 1 >= Math.Min(text.Length, MostCharacters) || !char.IsLowSurrogate(text[index + 1]),
        var c when char.IsLowSurrogate(c) => index == 0 || !char.IsHighSurrogate(text[index - 1]),
        var c => char.IsControl(c),
    };
}
