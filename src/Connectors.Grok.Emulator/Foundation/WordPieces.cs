namespace Connectors.Grok.Emulator.Foundation;

/// <summary>Text in the small pieces in which it is streamed, counted and cut off: words with the white space before them.</summary>
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
