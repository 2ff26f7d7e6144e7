using System.Buffers.Binary;

namespace Web;

/// <summary>Reads the size of an image from its header, so that the page can reserve its place.</summary>
internal static class ImageSize
{
    /// <summary>The size in pixels; null when the header does not tell.</summary>
    public static (int Width, int Height)? Read(ReadOnlySpan<byte> image) => image switch
    {
        [0x89, 0x50, ..] when image.Length >= 24 => Valid(BinaryPrimitives.ReadInt32BigEndian(image[16..]), BinaryPrimitives.ReadInt32BigEndian(image[20..])),
        [0xFF, 0xD8, ..] => ReadJpeg(image[2..]),
        _ => null,
    };

    private static (int Width, int Height)? ReadJpeg(ReadOnlySpan<byte> segments)
    {
        while (segments is [0xFF, var marker, _, _, ..])
        {
            // Start of frame, but for the tables that share its numbers.
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return segments.Length < 9 ? null : Valid(BinaryPrimitives.ReadUInt16BigEndian(segments[7..]), BinaryPrimitives.ReadUInt16BigEndian(segments[5..]));
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(segments[2..]) + 2;
            segments = length > segments.Length ? [] : segments[length..];
        }

        return null;
    }

    private static (int Width, int Height)? Valid(int width, int height) => width > 0 && height > 0 ? (width, height) : null;
}
