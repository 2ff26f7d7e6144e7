using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.State;

/// <summary>Encrypts reasoning items and decrypts them. A blob holds what is needed to detect that its item was changed or moved.</summary>
internal sealed class ReasoningCipher(byte[] key, long start) : IDisposable
{
    private readonly BlobCipher _cipher = new(key, "reasoning");
    private long _sequence = start;

    // The padding makes the blob longer than its content needs.
    public string Encrypt(string modelId, IReadOnlyList<string> summary, string nextItem, int padding) => _cipher.Encrypt(Json.WriteObject(writer =>
    {
        writer.WriteString("family", modelId);
        writer.WriteStartArray("summary");
        foreach (var part in summary)
        {
            writer.WriteStringValue(part);
        }

        writer.WriteEndArray();
        writer.WriteString("next", nextItem);
        writer.WriteNumber("made", Interlocked.Increment(ref _sequence));
        if (padding > 0)
        {
            writer.WriteString("padding", new string('x', padding));
        }
    }));

    /// <summary>Decrypts a blob; null when it was not encrypted with this key, or was altered.</summary>
    public ReasoningBlob? Decrypt(string blob)
    {
        if (_cipher.Decrypt(blob) is not { } plain)
        {
            return null;
        }

        using var document = JsonDocument.Parse(plain);
        var root = document.RootElement;
        var opened = new ReasoningBlob(
            root.GetProperty("family").GetString()!,
            [.. root.GetProperty("summary").EnumerateArray().Select(part => part.GetString()!)],
            root.GetProperty("next").GetString()!,
            root.GetProperty("made").GetInt64());

        // Another process may have created the blob. New blobs get higher sequence numbers.
        var sequence = Interlocked.Read(ref _sequence);
        if (opened.Sequence > sequence)
        {
            Interlocked.CompareExchange(ref _sequence, opened.Sequence, sequence);
        }

        return opened;
    }

    public void Dispose() => _cipher.Dispose();
}
