using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>Encrypts compacted conversations: the system messages, and the user messages truncated to 200 characters.</summary>
internal sealed class CompactionCipher(byte[] key) : IDisposable
{
    private const int MaxTextLength = 200;

    private readonly BlobCipher _cipher = new(key, "compaction");

    public string Encrypt(IEnumerable<Item> items) => _cipher.Encrypt(Json.WriteObject(writer =>
    {
        writer.WriteStartArray("said");
        foreach (var (role, text) in items.SelectMany(KeptMessages))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(role);
            writer.WriteStringValue(text);
            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }));

    public CompactionItem Decrypt(CompactionItem item)
    {
        var plain = _cipher.Decrypt(item.Blob)
            ?? throw ApiException.InvalidArgument("Could not decode the compaction blob. Ensure it is unmodified from the compact response.");
        using var document = JsonDocument.Parse(plain);
        return item with { Messages = [.. document.RootElement.GetProperty("said").EnumerateArray().Select(message => (message[0].GetString()!, message[1].GetString()!))] };
    }

    public void Dispose() => _cipher.Dispose();

    private static IEnumerable<(string Role, string Text)> KeptMessages(Item item) => item switch
    {
        CompactionItem earlier => earlier.Messages,
        MessageItem { Role: "system" } message => [(message.Role, message.Text)],
        MessageItem { Role: "user" } message => [(message.Role, message.Text.Length > MaxTextLength ? message.Text[..MaxTextLength] : message.Text)],
        _ => [],
    };
}
