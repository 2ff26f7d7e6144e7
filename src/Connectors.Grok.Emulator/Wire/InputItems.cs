using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes the input items of a response as a list (docs/wire.md#endpoints).</summary>
internal static class InputItems
{
    /// <summary>Reads the items of a request, with stable ids. An item that was sent with an id keeps it.</summary>
    public static IReadOnlyList<InputItem> Read(CreateRequest request, string responseId)
    {
        var input = request.Raw.GetProperty("input");
        if (input.ValueKind == JsonValueKind.String)
        {
            return [WithId(IdOf(responseId, 0), writer => WriteMessage(writer, input.GetString()!))];
        }

        var (items, used) = (new List<InputItem>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in input.EnumerateArray())
        {
            var sent = item.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString()! : "";
            var unique = sent.Length > 0 && used.Add(sent) ? sent : IdOf(responseId, items.Count);
            items.Add(WithId(unique, writer =>
            {
                foreach (var member in item.EnumerateObject().Where(member => member.Name != "id"))
                {
                    member.WriteTo(writer);
                }
            }));
        }

        return items;
    }

    public static byte[] ToJson(IReadOnlyList<InputItem> page, bool hasMore) => Json.WriteObject(writer =>
    {
        writer.WriteString("object", "list");
        writer.WriteStartArray("data");
        foreach (var item in page)
        {
            writer.WriteRawValue(item.Json);
        }

        writer.WriteEndArray();
        writer.WriteString("first_id", page.Count > 0 ? page[0].Id : null);
        writer.WriteString("last_id", page.Count > 0 ? page[^1].Id : null);
        writer.WriteBoolean("has_more", hasMore);
    });

    private static string IdOf(string responseId, int index) => $"item_{responseId}_{index}";

    private static InputItem WithId(string id, Action<Utf8JsonWriter> members) => new(id, Json.WriteObject(writer =>
    {
        writer.WriteString("id", id);
        members(writer);
    }));

    private static void WriteMessage(Utf8JsonWriter writer, string text)
    {
        writer.WriteString("type", "message");
        writer.WriteString("role", "user");
        writer.WriteStartArray("content");
        writer.WriteStartObject();
        writer.WriteString("type", "input_text");
        writer.WriteString("text", text);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }
}
