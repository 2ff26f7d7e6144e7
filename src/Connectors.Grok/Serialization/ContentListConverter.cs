using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>A list of parts; a bare string is one text part.</summary>
internal sealed class ContentListConverter : JsonConverter<IReadOnlyList<ContentPart>>
{
    public override IReadOnlyList<ContentPart>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var part = options.GetTypeInfo<ContentPart>();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return [new InputTextPart(reader.GetString())];
            case JsonTokenType.StartArray:
                var parts = new List<ContentPart>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    parts.Add(JsonSerializer.Deserialize(ref reader, part)!);
                }

                return parts;
            default:
                throw new JsonException("A list of content parts is an array or a string.");
        }
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<ContentPart> value, JsonSerializerOptions options)
    {
        var part = options.GetTypeInfo<ContentPart>();
        writer.WriteStartArray();
        foreach (var content in value)
        {
            JsonSerializer.Serialize(writer, content, part);
        }

        writer.WriteEndArray();
    }
}
