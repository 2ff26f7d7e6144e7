using System.Runtime.InteropServices;
using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>What an event about a finished part of an item says: a text, a refusal, or the arguments of a call.</summary>
/// <param name="Part">The part of the message; null for arguments.</param>
/// <param name="Arguments">The arguments; null for a part.</param>
/// <param name="ItemId">The id of the item.</param>
/// <param name="OutputIndex">The index of the item in the output.</param>
/// <param name="PartIndex">The index of the part in the item's content.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DoneEvent(ResponsePart? Part, string? Arguments, string? ItemId, int OutputIndex, int PartIndex)
{
    /// <summary>Reads an event; false when it is another one, or says nothing.</summary>
    public static bool TryRead(UnknownEvent e, out DoneEvent done)
    {
        done = default;
        var (part, arguments) = e.Tag switch
        {
            "response.output_text.done" => (TextPart(Text(e.Json, "text")), null),
            "response.refusal.done" => (Refusal(Text(e.Json, "refusal")), null),
            "response.content_part.done" => (e.Json.TryGetProperty("part", out var json) ? PartOf(json) : null, null),
            "response.function_call_arguments.done" => ((ResponsePart?)null, Text(e.Json, "arguments")),
            _ => (null, null),
        };
        if (part is null && arguments is null)
        {
            return false;
        }

        done = new(part, arguments, Text(e.Json, "item_id"), Number(e.Json, "output_index"), Number(e.Json, "content_index"));
        return true;
    }

    private static ResponsePart? PartOf(JsonElement json) => Text(json, "type") switch
    {
        "output_text" => TextPart(Text(json, "text")),
        "refusal" => Refusal(Text(json, "refusal")),
        _ => null,
    };

    private static OutputTextPart? TextPart(string? text) => text is null ? null : new() { Text = text };

    private static RefusalPart? Refusal(string? text) => text is null ? null : new() { Refusal = text };

    /// <summary>Reads a text; null when it is absent or blank.</summary>
    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static int Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
}
