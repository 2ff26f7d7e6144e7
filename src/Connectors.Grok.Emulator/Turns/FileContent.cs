using System.Text;
using System.Text.RegularExpressions;

namespace Connectors.Grok.Emulator.Turns;

/// <summary>The content of a file, and the part of its text that enters the context (docs/wire.md#files).</summary>
internal sealed partial class FileContent(byte[] bytes)
{
    /// <summary>The number of characters that enter the context: about 50,000 tokens. A longer text is cut.</summary>
    private const int MaxContextLength = 200_000;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Lazy<string?> _text = new(() => ReadText(bytes));

    public byte[] Bytes => bytes;

    public static ReadOnlySpan<byte> PdfSignature => "%PDF-"u8;

    public bool IsPdf => bytes.AsSpan().StartsWith(PdfSignature);

    /// <summary>The text of a text file, or the uncompressed text of a PDF; null when the file has no text that the emulator can read.</summary>
    public string? Text => _text.Value;

    public string? ContextText => Text is { Length: > MaxContextLength } text
        ? text[..(char.IsHighSurrogate(text[MaxContextLength - 1]) ? MaxContextLength - 1 : MaxContextLength)]
        : Text;

    private static string? ReadText(byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith(PdfSignature))
        {
            return ReadPdf(bytes);
        }

        if (bytes.AsSpan().Contains((byte)0))
        {
            return null;
        }

        try
        {
            return StrictUtf8.GetString(bytes).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    // Only text that is shown by "(...) Tj" in an uncompressed content stream. Other text of a PDF would need a PDF library.
    private static string? ReadPdf(byte[] bytes)
    {
        var lines = ShownTexts().Matches(Encoding.Latin1.GetString(bytes)).Select(match => Escapes().Replace(match.Groups["text"].Value, "${kept}")).ToList();
        return lines.Count == 0 ? null : string.Join('\n', lines);
    }

    [GeneratedRegex(@"\((?<text>(?:\\.|[^\\()])*)\)\s*Tj\b", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 10_000)]
    private static partial Regex ShownTexts();

    [GeneratedRegex(@"\\(?<kept>[()\\])", RegexOptions.ExplicitCapture, 10_000)]
    private static partial Regex Escapes();
}
