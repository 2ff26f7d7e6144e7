using System.Security.Cryptography;
using System.Text.Json;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.State;

/// <summary>Seals reasoning with AES-GCM and opens it again; a blob is unpadded base64 of the standard alphabet (section 3.3).</summary>
internal sealed class ReasoningSeal(byte[] key, long start) : IDisposable
{
    private const int NonceSize = 12;
    private const int TagSize = 16;

    private readonly Lock _lock = new();
    private readonly AesGcm _cipher = new(key, TagSize);
    private long _made = start;

    public string Seal(string family, IReadOnlyList<string> summary, string next)
    {
        var plain = Json.WriteObject(writer =>
        {
            writer.WriteString("family", family);
            writer.WriteStartArray("summary");
            foreach (var part in summary)
                writer.WriteStringValue(part);
            writer.WriteEndArray();
            writer.WriteString("next", next);
            writer.WriteNumber("made", Interlocked.Increment(ref _made));
        });
        var box = new byte[NonceSize + plain.Length + TagSize];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceSize));
        lock (_lock)
            _cipher.Encrypt(box.AsSpan(0, NonceSize), plain, box.AsSpan(NonceSize, plain.Length), box.AsSpan(NonceSize + plain.Length));
        return Convert.ToBase64String(box).TrimEnd('=');
    }

    /// <summary>Null for anything this key did not seal, or that was altered by a single bit.</summary>
    public SealedReasoning? Open(string blob)
    {
        // Exactly the form it was given out in: no padding, no white space, no stray low bits.
        var box = new byte[((blob.Length / 4) + 1) * 3];
        if (!Convert.TryFromBase64String(blob.PadRight((blob.Length + 3) / 4 * 4, '='), box, out var length) || length <= NonceSize + TagSize)
            return null;
        if (Convert.ToBase64String(box.AsSpan(0, length)).TrimEnd('=') != blob)
            return null;
        var plain = new byte[length - NonceSize - TagSize];
        try
        {
            lock (_lock)
                _cipher.Decrypt(box.AsSpan(0, NonceSize), box.AsSpan(NonceSize, plain.Length), box.AsSpan(length - TagSize, TagSize), plain);
        }
        catch (CryptographicException)
        {
            return null;
        }

        return Read(plain);
    }

    public void Dispose() => _cipher.Dispose();

    private SealedReasoning Read(byte[] plain)
    {
        using var document = JsonDocument.Parse(plain);
        var root = document.RootElement;
        var opened = new SealedReasoning(
            root.GetProperty("family").GetString()!,
            [.. root.GetProperty("summary").EnumerateArray().Select(part => part.GetString()!)],
            root.GetProperty("next").GetString()!,
            root.GetProperty("made").GetInt64());

        // Another process may have sealed it: what is made from now on comes after it.
        var made = Interlocked.Read(ref _made);
        if (opened.Made > made)
            Interlocked.CompareExchange(ref _made, opened.Made, made);
        return opened;
    }
}
