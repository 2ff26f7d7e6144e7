using System.Runtime.InteropServices;
using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>What an event about a finished part of an item says: a text, a refusal, or the arguments of a call. Nearly always it was streamed before, so that it is read only when it is asked for.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The text, the refusal or the arguments; never empty.</param>
/// <param name="ItemId">The id of the item.</param>
/// <param name="OutputIndex">The index of the item in the output.</param>
/// <param name="PartIndex">The index of the part in the item's content.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct DoneEvent(DoneKind Kind, JsonElement Value, string? ItemId, int OutputIndex, int PartIndex)
{
    private const int Quotes = 2;

    /// <summary>The part of the message; null for arguments.</summary>
    public ResponsePart? Part => Kind switch
    {
        DoneKind.Text => new OutputTextPart { Text = Value.GetString() },
        DoneKind.Refusal => new RefusalPart { Refusal = Value.GetString() },
        _ => null,
    };

    /// <summary>The arguments; null for a part.</summary>
    public string? Arguments => Kind == DoneKind.Arguments ? Value.GetString() : null;

    /// <summary>Reads an event; false when it is another one, or says nothing.</summary>
    public static bool TryRead(UnknownEvent e, out DoneEvent done)
    {
        var (kind, value) = e.Tag switch
        {
            "response.output_text.done" => (DoneKind.Text, Find(e.Json, "text")),
            "response.refusal.done" => (DoneKind.Refusal, Find(e.Json, "refusal")),
            "response.content_part.done" => PartOf(e.Json),
            "response.function_call_arguments.done" => (DoneKind.Arguments, Find(e.Json, "arguments")),
            _ => default,
        };
        done = value is { } said ? new(kind, said, Find(e.Json, "item_id")?.GetString(), Number(e.Json, "output_index"), Number(e.Json, "content_index")) : default;
        return value is not null;
    }

    private static (DoneKind Kind, JsonElement? Value) PartOf(JsonElement json) =>
        !json.TryGetProperty("part", out var part) ? default
        : Find(part, "type")?.GetString() switch
        {
            "output_text" => (DoneKind.Text, Find(part, "text")),
            "refusal" => (DoneKind.Refusal, Find(part, "refusal")),
            _ => default,
        };

    /// <summary>Finds a text; null when it is absent or empty.</summary>
    private static JsonElement? Find(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            && JsonMarshal.GetRawUtf8Value(value).Length > Quotes ? value : null;

    private static int Number(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
}

/// <summary>What a <see cref="DoneEvent"/> says.</summary>
internal enum DoneKind
{
    Text,
    Refusal,
    Arguments,
}
