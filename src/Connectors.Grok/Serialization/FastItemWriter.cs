using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>
/// An optimization for texts, images, function calls and their results, of which histories consist: a history is written whole with every request.
/// It writes the same bytes as the serializer, and leaves everything else to it, also objects with members that the record does not name.
/// </summary>
internal static class FastItemWriter
{
    /// <summary>Writes the item or the part if it is one of these; otherwise writes nothing.</summary>
    public static bool TryWrite(Utf8JsonWriter writer, TaggedObject value) => value switch
    {
        { Members: not null } => false,
        ResponsePart part => TryWritePart(writer, part),
        ResponseItem item => TryWriteItem(writer, item),
        _ => false,
    };

    private static bool TryWritePart(Utf8JsonWriter writer, ResponsePart value)
    {
        switch (value)
        {
            case InputTextPart text:
                Begin(writer, "input_text"u8);
                Write(writer, "text"u8, text.Text);
                break;
            case OutputTextPart { Annotations: null } text:
                Begin(writer, "output_text"u8);
                Write(writer, "text"u8, text.Text);
                break;
            case InputImagePart image:
                Begin(writer, "input_image"u8);
                Write(writer, image);
                Write(writer, "detail"u8, image.Detail);
                break;
            default:
                return false;
        }

        writer.WriteEndObject();
        return true;
    }

    private static bool TryWriteItem(Utf8JsonWriter writer, ResponseItem value)
    {
        switch (value)
        {
            case MessageItem { Content: { } content } message:
                Begin(writer, "message"u8);
                Write(writer, "role"u8, message.Role);
                Write(writer, "name"u8, message.Name);
                Write(writer, "content"u8, content);
                break;
            case FunctionCallItem call:
                Begin(writer, "function_call"u8);
                Write(writer, "call_id"u8, call.CallId);
                Write(writer, "name"u8, call.Name);
                Write(writer, "arguments"u8, call.Arguments);
                break;
            case FunctionCallOutputItem { Output: { Text: { } text, Parts: null } } result:
                Begin(writer, "function_call_output"u8);
                Write(writer, "call_id"u8, result.CallId);
                Write(writer, "output"u8, text);
                break;
            default:
                return false;
        }

        Write(writer, "id"u8, value.Id);
        Write(writer, "status"u8, value.Status);
        writer.WriteEndObject();
        return true;
    }

    private static void Begin(Utf8JsonWriter writer, ReadOnlySpan<byte> type)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, type);
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is not null)
        {
            LongText.Write(writer, name, text);
        }
    }

    private static void Write(Utf8JsonWriter writer, InputImagePart image)
    {
        if (image.Inline is { } data)
        {
            LongText.Write(writer, "image_url"u8, data);
        }
        else
        {
            Write(writer, "image_url"u8, image.ImageUrl);
        }
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<ResponsePart> parts)
    {
        writer.WriteStartArray(name);
        for (var i = 0; i < parts.Count; i++)
        {
            if (parts[i] is null || !TryWrite(writer, parts[i]))
            {
                JsonSerializer.Serialize(writer, parts[i], WireJson.Context.ResponsePart);
            }
        }

        writer.WriteEndArray();
    }
}
