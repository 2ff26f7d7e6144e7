using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes the input items of a response as a list. The form that the service uses is unknown (docs/wire.md#endpoints); this one is usual in APIs of this kind.</summary>
internal static class InputItems
{
    public static byte[] ToJson(CreateRequest request)
    {
        var input = request.Raw.GetProperty("input");
        return Json.WriteObject(writer =>
        {
            writer.WriteString("object", "list");
            writer.WriteStartArray("data");
            if (input.ValueKind == JsonValueKind.String)
            {
                WriteMessage(writer, input.GetString()!);
            }
            else
            {
                foreach (var item in input.EnumerateArray())
                {
                    item.WriteTo(writer);
                }
            }

            writer.WriteEndArray();
            writer.WriteNull("first_id");
            writer.WriteNull("last_id");
            writer.WriteBoolean("has_more", false);
        });
    }

    private static void WriteMessage(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "message");
        writer.WriteString("role", "user");
        writer.WriteStartArray("content");
        writer.WriteStartObject();
        writer.WriteString("type", "input_text");
        writer.WriteString("text", text);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
