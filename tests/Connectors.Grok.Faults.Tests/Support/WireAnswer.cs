using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Connectors.Grok.Faults.Tests.Support;

/// <summary>An answer in its wire form.</summary>
/// <param name="Body">The bytes that are sent.</param>
internal sealed record WireAnswer(byte[] Body)
{
    public int Status { get; init; } = 200;

    public string? ContentType { get; init; } = "text/event-stream";

    public bool SaysGzip { get; init; }

    public bool IsGzip { get; init; }

    /// <summary>The decompressed body; null when it cannot be decompressed.</summary>
    public byte[]? Plain()
    {
        if (!SaysGzip)
        {
            return Body;
        }

        try
        {
            using var plain = new MemoryStream();
            using var gzip = new GZipStream(new MemoryStream(Body), CompressionMode.Decompress);
            gzip.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    public WireAnswer Gzipped()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Body);
        }

        return this with { Body = packed.ToArray(), SaysGzip = true, IsGzip = true };
    }

    /// <summary>The content for a file: lines that describe how it was sent, an empty line, and the bytes.</summary>
    public byte[] ToFile(params string[] notes)
    {
        var head = new StringBuilder();
        foreach (var note in notes)
        {
            head.Append("# ").Append(note.ReplaceLineEndings(" ")).Append('\n');
        }

        head.Append(CultureInfo.InvariantCulture, $"Status: {Status}\nContent-Type: {ContentType}\nContent-Encoding: {(SaysGzip ? "gzip" : "")}\n\n");
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. Body];
    }
}
