using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts a tool choice: a mode as a string, or an object that names a function (flat as xAI documents it, or nested as in chat completions).</summary>
internal sealed class ToolChoiceConverter : JsonConverter<ToolChoice>
{
    public override ToolChoice Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new ToolChoice { Mode = reader.GetString() };
        }

        var json = JsonElement.ParseValue(ref reader);
        return FunctionName(json) is { } name ? new ToolChoice { FunctionName = name } : new ToolChoice { Json = json };
    }

    public override void Write(Utf8JsonWriter writer, ToolChoice value, JsonSerializerOptions options)
    {
        if (value.Json is { } json)
        {
            json.WriteTo(writer);
        }
        else if (value.FunctionName is { } name)
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, "function"u8);
            writer.WriteString("name"u8, name);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteStringValue(value.Mode);
        }
    }

    private static string? FunctionName(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("type", out var type) || !type.ValueEquals("function"u8))
        {
            return null;
        }

        var owner = json.TryGetProperty("function", out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : json;
        return owner.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;
    }
}
