using System.Buffers;
using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Converts plain values to JSON without reflection: scalars, lists, dictionaries and JSON nodes.</summary>
internal static class PlainJson
{
    /// <exception cref="NotSupportedException">The value contains an object of another type.</exception>
    /// <exception cref="InvalidOperationException">The value contains itself.</exception>
    /// <exception cref="ArgumentException">The value contains a number that JSON cannot express.</exception>
    public static JsonElement ToElement(object value)
    {
        if (value is JsonElement element)
        {
            return element;
        }

        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            Write(writer, value);
        }

        var reader = new Utf8JsonReader(bytes.WrittenSpan, new JsonReaderOptions { MaxDepth = 1000 });
        return JsonElement.ParseValue(ref reader);
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case JsonElement json:
                json.WriteTo(writer);
                break;
            case JsonNode node:
                node.WriteTo(writer);
                break;
            case Enum word:
                writer.WriteStringValue(word.ToString());
                break;
            case IEnumerable<KeyValuePair<string, object?>> members:
                WriteObject(writer, members);
                break;
            case IDictionary members:
                WriteObject(writer, members.Keys.Cast<object>().Select(k => KeyValuePair.Create(k.ToString()!, members[k])));
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                JsonSerializer.Serialize(writer, value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
                break;
        }
    }

    private static void WriteObject(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> members)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, value);
        }

        writer.WriteEndObject();
    }
}
