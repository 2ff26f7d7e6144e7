using System.Buffers.Binary;

namespace Connectors.Grok.Emulator.Tests.Support;

/// <summary>Creates images that consist of a valid header only.</summary>
public static class Pictures
{
    public static string Png(int width, int height, int extraBytes = 0)
    {
        var bytes = new byte[33 + extraBytes];
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]).CopyTo(bytes);
        "IHDR"u8.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        return "data:image/png;base64," + Convert.ToBase64String(bytes);
    }

    public static string Jpeg(ushort width, ushort height)
    {
        byte[] bytes = [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 0, 0, 0xFF, 0xC0, 0, 11, 8, (byte)(height >> 8), (byte)height, (byte)(width >> 8), (byte)width, 1, 1, 0, 0];
        return "data:image/jpeg;base64," + Convert.ToBase64String(bytes);
    }
}
