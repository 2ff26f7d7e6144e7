using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Serialization;

/// <summary>A list of the cases of a union. A null among them is left out, so that no reader has to check for it.</summary>
internal sealed class ListConverter<T> : JsonConverter<IReadOnlyList<T>>
    where T : class
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A list is an array.");
        }

        var one = One(options);
        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Null && one.Read(ref reader, typeof(T), options) is { } item)
            {
                list.Add(item);
            }
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var one = One(options);
        writer.WriteStartArray();
        foreach (var item in value)
        {
            if (item is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                one.Write(writer, item, options);
            }
        }

        writer.WriteEndArray();
    }

    // Calls the converter directly: through the serializer, each of possibly thousands of items would be a serialization of its own.
    private static JsonConverter<T> One(JsonSerializerOptions options) => (JsonConverter<T>)options.GetTypeInfo<T>().Converter;
}
