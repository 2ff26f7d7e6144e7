namespace Connectors.Grok.Mapping.Contents;

/// <summary>Tells the format of an image by its first bytes.</summary>
internal static class ImageTypes
{
    /// <summary>The accepted formats, for messages.</summary>
    public const string Names = "JPEG, PNG and WebP";

    /// <summary>Gets the media type of an image that xAI accepts; null for other bytes.</summary>
    public static string? Accepted(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
        : bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) ? "image/png"
        : bytes.StartsWith("RIFF"u8) && HasAt(bytes, 8, "WEBP"u8) ? "image/webp"
        : null;

    /// <summary>Describes bytes that xAI does not accept, to continue a sentence that begins with "An image".</summary>
    public static string Describe(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("GIF8"u8) ? "is a GIF"
        : bytes.StartsWith("BM"u8) ? "is a BMP"
        : bytes.StartsWith("II*\0"u8) || bytes.StartsWith("MM\0*"u8) ? "is a TIFF"
        : HasAt(bytes, 4, "ftyp"u8) ? "is an AVIF or HEIC"
        : bytes.StartsWith("<svg"u8) || bytes.StartsWith("<?xml"u8) ? "is an SVG"
        : bytes.IsEmpty ? "has no bytes"
        : "has the bytes of no known image format";

    private static bool HasAt(ReadOnlySpan<byte> bytes, int start, ReadOnlySpan<byte> mark) => bytes.Length >= start + mark.Length && bytes[start..].StartsWith(mark);
}
