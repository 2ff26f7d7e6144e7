using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator.State;

/// <summary>Seals reasoning and opens it again; what is sealed tells whether it comes back as it was given.</summary>
internal sealed class ReasoningSeal(byte[] key, long start) : IDisposable
{
    private readonly SealedBox _box = new(key, "reasoning");
    private long _made = start;

    public string Seal(string family, IReadOnlyList<string> summary, string next) => _box.Close(Json.WriteObject(writer =>
    {
        writer.WriteString("family", family);
        writer.WriteStartArray("summary");
        foreach (var part in summary)
        {
            writer.WriteStringValue(part);
        }

        writer.WriteEndArray();
        writer.WriteString("next", next);
        writer.WriteNumber("made", Interlocked.Increment(ref _made));
    }));

    /// <summary>Null for anything this key did not seal, or that was altered by a single bit.</summary>
    public SealedReasoning? Open(string blob)
    {
        if (_box.Open(blob) is not { } plain)
        {
            return null;
        }

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
        {
            Interlocked.CompareExchange(ref _made, opened.Made, made);
        }

        return opened;
    }

    public void Dispose() => _box.Dispose();
}
