using System.Buffers.Binary;

namespace Connectors.Grok.Web.Tests.Support;

/// <summary>Test data.</summary>
internal static class Some
{
    /// <summary>Creates the header of a PNG as base64, which is sufficient for code that reads only the header.</summary>
    public static string Png(int width, int height, int extraBytes = 0)
    {
        var bytes = new byte[33 + extraBytes];
        ((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]).CopyTo(bytes);
        "IHDR"u8.CopyTo(bytes.AsSpan(12));
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(20), height);
        return Convert.ToBase64String(bytes);
    }
}
