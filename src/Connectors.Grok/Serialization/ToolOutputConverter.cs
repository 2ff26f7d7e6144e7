using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts a function's output: a string, or a list of parts.</summary>
internal sealed class ToolOutputConverter : JsonConverter<ToolOutput>
{
    public override ToolOutput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? new ToolOutput(reader.GetString())
            : new ToolOutput(null, JsonSerializer.Deserialize(ref reader, options.GetTypeInfo<IReadOnlyList<ResponsePart>>()));

    public override void Write(Utf8JsonWriter writer, ToolOutput value, JsonSerializerOptions options)
    {
        // An empty list is written as the empty text: the service rejects an output without parts.
        if (value.Parts is { Count: > 0 } parts)
        {
            if (value.Text is not null)
            {
                throw new ArgumentException($"A {nameof(ToolOutput)} has a text or parts; this one has both.", nameof(value));
            }

            JsonSerializer.Serialize(writer, parts, options.GetTypeInfo<IReadOnlyList<ResponsePart>>());
        }
        else
        {
            writer.WriteStringValue(value.Text ?? "");
        }
    }
}
