using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// Encrypts compacted conversations: the system messages, the attached files, the user messages truncated to 200 characters, and the last
/// user message in full.
/// </summary>
internal sealed class CompactionCipher(byte[] key) : IDisposable
{
    private const int MaxTextLength = 200;

    private readonly BlobCipher _cipher = new(key, "compaction");

    /// <summary>The role of the text of an attached file. The text begins with a line that has the name of the file.</summary>
    public const string FileRole = "file";

    public string Encrypt(IReadOnlyList<Item> items) => _cipher.Encrypt(Json.WriteObject(writer =>
    {
        var question = LastQuestion(items);
        writer.WriteStartArray("said");
        foreach (var (role, text) in items.SelectMany(item => KeptMessages(item, isLast: ReferenceEquals(item, question))))
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

    /// <summary>The number of messages that a compaction drops: all but the system messages and the last question.</summary>
    public static int CountDropped(IReadOnlyList<Item> items)
    {
        var question = LastQuestion(items);
        return items.OfType<MessageItem>().Count(message => message.Role != "system" && !ReferenceEquals(message, question));
    }

    private static MessageItem? LastQuestion(IReadOnlyList<Item> items) => items.OfType<MessageItem>().LastOrDefault(message => message.Role == "user");

    private static IEnumerable<(string Role, string Text)> KeptMessages(Item item, bool isLast) => item switch
    {
        CompactionItem earlier => earlier.Messages,
        MessageItem { Role: "system" } message => [(message.Role, message.Text)],
        MessageItem { Role: "user" } message =>
        [
            .. message.Parts.OfType<FilePart>().Select(file => (FileRole, $"{file.Name}\n{file.ContextText}")),
            (message.Role, message.Text.Length > MaxTextLength && !isLast ? message.Text[..(char.IsHighSurrogate(message.Text[MaxTextLength - 1]) ? MaxTextLength - 1 : MaxTextLength)] : message.Text),
        ],
        _ => [],
    };
}
