using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>Estimates token counts deterministically: one token per four characters of a word, rounded up, and three per item.</summary>
internal static class TokenCounter
{
    private const int CharactersPerToken = 4;
    private const uint VocabularySize = 131_072;
    private const int TokensPerItem = 3;
    private const int TileSide = 32;
    private const int LowDetailSide = 512;

    public static int Count(string text) => WordPieces.Split(text).Sum(CountPiece);

    public static int CountPiece(string piece) => (piece.Trim().Length + CharactersPerToken - 1) / CharactersPerToken;

    /// <summary>Splits a text into its tokens. White space belongs to the token after it, or is a token of its own at the end of the text.</summary>
    public static IEnumerable<string> Split(string text)
    {
        foreach (var piece in WordPieces.Split(text))
        {
            var (start, blank) = (0, piece.Length - piece.TrimStart().Length);
            while (start < piece.Length)
            {
                var end = Math.Min(piece.Length, (start == 0 ? blank : start) + CharactersPerToken);
                if (end < piece.Length && char.IsLowSurrogate(piece[end]))
                {
                    end++;
                }

                yield return piece[start..end];
                start = end;
            }
        }
    }

    /// <summary>Returns a number for a token that is the same in every process.</summary>
    public static int IdOf(string token) => (int)(token.Aggregate(2_166_136_261u, (hash, character) => (hash ^ character) * 16_777_619u) % VocabularySize);

    /// <summary>Counts the input tokens of an item. Reasoning counts only as output; a resent reasoning item counts zero.</summary>
    public static int Count(Item item) => item switch
    {
        MessageItem message => TokensPerItem + message.Parts.Sum(CountPart),
        FunctionCallItem call => TokensPerItem + Count(call.Name) + Count(call.Arguments),
        FunctionCallOutputItem output => TokensPerItem + output.Output.Sum(CountPart),
        CompactionItem compaction => TokensPerItem + (compaction.Messages.Sum(message => Count(message.Text)) / 4),
        HostedItem hosted => TokensPerItem + Count(hosted.Json),
        ToolSearchItem loaded => TokensPerItem + Count(loaded.Json),
        _ => 0,
    };

    private static int CountPart(Part part) => part switch
    {
        TextPart text => Count(text.Text),
        RefusalPart refusal => Count(refusal.Refusal),
        ImagePart image => CountImage(image),
        FilePart file => Count(file.Name) + Count(file.ContextText ?? ""),
        _ => 0,
    };

    private static int CountImage(ImagePart image)
    {
        var (width, height) = image.Data is { } data ? (data.Width, data.Height) : (1024, 1024);
        var longSide = Math.Max(width, height);
        if (image.Detail == "low" && longSide > LowDetailSide)
        {
            (width, height) = ((int)((long)width * LowDetailSide / longSide), (int)((long)height * LowDetailSide / longSide));
        }

        return (((width + TileSide - 1) / TileSide) * ((height + TileSide - 1) / TileSide)) + 2;
    }
}
