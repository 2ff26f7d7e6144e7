using System.Buffers.Binary;

namespace Connectors.Grok.Emulator.Turns;

/// <summary>The format and the size of an image, read from its own header: PNG, JPEG or WebP.</summary>
internal sealed record ImageData(string Kind, int Width, int Height, int Bytes)
{
    private static ReadOnlySpan<byte> PngSignature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    public static ImageData? TryRead(string url)
    {
        if (!url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var bytes = new byte[((url.Length - comma) / 4 * 3) + 3];
        return Convert.TryFromBase64Chars(url.AsSpan(comma + 1), bytes, out var length) ? Sniff(bytes.AsSpan(0, length)) : null;
    }

    private static ImageData? Sniff(ReadOnlySpan<byte> bytes)
    {
        // Signature, chunk length, "IHDR", width, height.
        if (bytes.Length >= 24 && bytes.StartsWith(PngSignature) && bytes.Slice(12, 4).SequenceEqual("IHDR"u8))
        {
            var width = BinaryPrimitives.ReadInt32BigEndian(bytes[16..]);
            var height = BinaryPrimitives.ReadInt32BigEndian(bytes[20..]);
            return width > 0 && height > 0 ? new ImageData("PNG", width, height, bytes.Length) : null;
        }

        if (bytes.Length >= 30 && bytes.StartsWith("RIFF"u8) && bytes.Slice(8, 4).SequenceEqual("WEBP"u8))
        {
            return SniffWebP(bytes);
        }

        return bytes.StartsWith<byte>([0xFF, 0xD8, 0xFF]) ? SniffJpeg(bytes) : null;
    }

    // The first chunk tells the kind: lossy, lossless, or extended.
    private static ImageData? SniffWebP(ReadOnlySpan<byte> bytes)
    {
        var chunk = bytes.Slice(12, 4);
        if (chunk.SequenceEqual("VP8X"u8))
        {
            return new ImageData("WebP", 1 + Read24(bytes[24..]), 1 + Read24(bytes[27..]), bytes.Length);
        }

        if (chunk.SequenceEqual("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(bytes[21..]);
            return new ImageData("WebP", 1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF), bytes.Length);
        }

        var (width, height) = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(bytes[28..]) & 0x3FFF);
        return chunk.SequenceEqual("VP8 "u8) && width > 0 && height > 0 ? new ImageData("WebP", width, height, bytes.Length) : null;
    }

    private static int Read24(ReadOnlySpan<byte> bytes) => bytes[0] | (bytes[1] << 8) | (bytes[2] << 16);

    private static ImageData? SniffJpeg(ReadOnlySpan<byte> bytes)
    {
        var offset = 2;
        while (offset + 9 < bytes.Length && bytes[offset] == 0xFF)
        {
            var marker = bytes[offset + 1];
            if (marker is 0xFF)
            {
                offset++;
                continue;
            }

            // A start-of-frame marker. 0xC4, 0xC8 and 0xCC are in the same range and mean something else.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var height = BinaryPrimitives.ReadUInt16BigEndian(bytes[(offset + 5)..]);
                var width = BinaryPrimitives.ReadUInt16BigEndian(bytes[(offset + 7)..]);
                return width > 0 && height > 0 ? new ImageData("JPEG", width, height, bytes.Length) : null;
            }

            offset += 2 + BinaryPrimitives.ReadUInt16BigEndian(bytes[(offset + 2)..]);
        }

        return null;
    }
}
