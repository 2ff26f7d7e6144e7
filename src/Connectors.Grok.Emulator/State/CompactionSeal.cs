using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>Seals what is left of a conversation after it was compacted: what was said by the system and the user, shortened.</summary>
internal sealed class CompactionSeal(byte[] key) : IDisposable
{
    private const int Kept = 200;

    private readonly SealedBox _box = new(key, "compaction");

    public string Seal(IEnumerable<Item> items) => _box.Close(Json.WriteObject(writer =>
    {
        writer.WriteStartArray("said");
        foreach (var (role, text) in items.SelectMany(Remembered))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(role);
            writer.WriteStringValue(text);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }));

    public CompactionItem Open(CompactionItem item)
    {
        var plain = _box.Open(item.Blob)
            ?? throw ApiException.InvalidArgument("Could not decode the compaction blob. Ensure it is unmodified from the compact response.");
        using var document = JsonDocument.Parse(plain);
        return item with { Said = [.. document.RootElement.GetProperty("said").EnumerateArray().Select(said => (said[0].GetString()!, said[1].GetString()!))] };
    }

    public void Dispose() => _box.Dispose();

    private static IEnumerable<(string Role, string Text)> Remembered(Item item) => item switch
    {
        CompactionItem earlier => earlier.Said,
        MessageItem { Role: "system" } message => [(message.Role, message.Text)],
        MessageItem { Role: "user" } message => [(message.Role, message.Text.Length > Kept ? message.Text[..Kept] : message.Text)],
        _ => [],
    };
}
