namespace Connectors.Grok.Emulator.Foundation;

/// <summary>Splits text into words, each with the white space before it. Text is streamed, counted and truncated in these pieces.</summary>
internal static class WordPieces
{
    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        while (start < text.Length)
        {
            var end = start;
            while (end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            while (end < text.Length && !char.IsWhiteSpace(text[end]))
            {
                end++;
            }

            yield return text[start..end];
            start = end;
        }
    }
}
