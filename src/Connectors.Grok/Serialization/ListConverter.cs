using System.Text.Json;
using System.Text.Json.Serialization;

namespace Connectors.Grok.Serialization;

/// <summary>A list of the cases of a union. A null among them says nothing and is left out, so that nobody has to look out for it.</summary>
internal sealed class ListConverter<T> : JsonConverter<IReadOnlyList<T>>
    where T : class
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("A list is an array.");
        }

        var one = options.GetTypeInfo<T>();
        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (JsonSerializer.Deserialize(ref reader, one) is { } item)
            {
                list.Add(item);
            }
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var one = options.GetTypeInfo<T>();
        writer.WriteStartArray();
        foreach (var item in value)
        {
            JsonSerializer.Serialize(writer, item, one);
        }

        writer.WriteEndArray();
    }
}
