using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// Writes long texts in pieces. A writer asks its buffer for three bytes per character at once: for the base64 of an image of 4 MiB, an array of 16 MiB.
/// The bytes that are written are the same.
/// </summary>
internal static class LongText
{
    private const int Piece = 8 * 1024;
    private const int BytesOfPiece = Piece / 4 * 3;

    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string text)
    {
        if (text.Length <= Piece)
        {
            writer.WriteString(name, text);
            return;
        }

        writer.WritePropertyName(name);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            // The writer joins the halves of a character that two pieces divide.
            var length = Math.Min(Piece, rest.Length);
            writer.WriteStringValueSegment(rest[..length], isFinalSegment: length == rest.Length);
            rest = rest[length..];
        }
    }

    /// <summary>Writes a data URI without making a text of it.</summary>
    public static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, InlineData inline)
    {
        var data = inline.Bytes.Span;
        writer.WritePropertyName(name);
        Span<byte> piece = stackalloc byte[Piece];
        writer.WriteStringValueSegment(Encoding.UTF8.GetBytes(inline.Prefix), isFinalSegment: false);
        while (data.Length > BytesOfPiece)
        {
            Base64.EncodeToUtf8(data[..BytesOfPiece], piece, out _, out _);
            writer.WriteStringValueSegment(piece, isFinalSegment: false);
            data = data[BytesOfPiece..];
        }

        Base64.EncodeToUtf8(data, piece, out _, out var written);
        writer.WriteStringValueSegment(piece[..written], isFinalSegment: true);
    }
}
