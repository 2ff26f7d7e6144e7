using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>A rough, stable count: a token for every four characters of a word begun, three for every message's frame.</summary>
internal static class Tokens
{
    private const int Frame = 3;
    private const int Tile = 32;
    private const int LowDetailSide = 512;

    public static int Of(string text) => Pieces.Of(text).Sum(OfPiece);

    public static int OfPiece(string piece) => (piece.Trim().Length + 3) / 4;

    /// <summary>Reasoning is billed when it is made and counts nothing when it comes back.</summary>
    public static int Of(Item item) => item switch
    {
        MessageItem message => Frame + message.Parts.Sum(OfPart),
        FunctionCallItem call => Frame + Of(call.Name) + Of(call.Arguments),
        FunctionCallOutputItem output => Frame + output.Output.Sum(OfPart),
        CompactionItem compaction => Frame + (compaction.Said.Sum(said => Of(said.Text)) / 4),
        HostedItem hosted => Frame + Of(hosted.Json),
        _ => 0,
    };

    private static int OfPart(Part part) => part switch
    {
        TextPart text => Of(text.Text),
        RefusalPart refusal => Of(refusal.Refusal),
        ImagePart image => OfImage(image),
        _ => 0,
    };

    private static int OfImage(ImagePart image)
    {
        var (width, height) = image.Data is { } data ? (data.Width, data.Height) : (1024, 1024);
        var longSide = Math.Max(width, height);
        if (image.Detail == "low" && longSide > LowDetailSide)
        {
            (width, height) = ((int)((long)width * LowDetailSide / longSide), (int)((long)height * LowDetailSide / longSide));
        }

        return (((width + Tile - 1) / Tile) * ((height + Tile - 1) / Tile)) + 2;
    }
}
