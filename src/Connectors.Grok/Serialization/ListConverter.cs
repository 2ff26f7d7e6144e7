using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>A list of the cases of a union. A null among them is left out, so that no reader has to check for it.</summary>
internal sealed class ListConverter<T> : JsonConverter<IReadOnlyList<T>>
    where T : TaggedObject
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => Read(ref reader, One(options), options);

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options) => Write(writer, value, One(options), options);

    /// <summary>Reads a list.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="one">Reads a case.</param>
    /// <param name="options">The options; null for those of <see cref="WireJson.Context"/>.</param>
    public static IReadOnlyList<T> Read(ref Utf8JsonReader reader, TaggedConverter<T> one, JsonSerializerOptions? options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A list is an array.");
        }

        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Null && one.Read(ref reader, options) is { } item)
            {
                list.Add(item);
            }
        }

        return list;
    }

    /// <summary>Writes a list.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="value">The list.</param>
    /// <param name="one">Writes a case.</param>
    /// <param name="options">The options; null for those of <see cref="WireJson.Context"/>.</param>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, TaggedConverter<T> one, JsonSerializerOptions? options)
    {
        writer.WriteStartArray();
        foreach (var item in value)
        {
            if (item is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                one.WriteCase(writer, item, options);
            }
        }

        writer.WriteEndArray();
    }

    // Calls the converter directly: through the serializer, each of possibly thousands of items would be a serialization of its own.
    private static TaggedConverter<T> One(JsonSerializerOptions options) => (TaggedConverter<T>)options.GetTypeInfo<T>().Converter;
}
