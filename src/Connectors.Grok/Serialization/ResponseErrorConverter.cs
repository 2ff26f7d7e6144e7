using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>An error inside an answer: an object with code and message, or a bare text.</summary>
internal sealed class ResponseErrorConverter : JsonConverter<ResponseError>
{
    public override ResponseError Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        return json.ValueKind != JsonValueKind.Object
            ? new ResponseError { Message = json.ToString() }
            : new ResponseError
            {
                Code = json.TryGetProperty("code", out var code) && code.ValueKind != JsonValueKind.Null ? code.ToString() : null,
                Message = json.TryGetProperty("message", out var message) ? message.ToString() : null,
                AdditionalMembers = json.EnumerateObject().Where(static m => m.Name is not ("code" or "message")).ToDictionary(static m => m.Name, static m => m.Value),
            };
    }

    public override void Write(Utf8JsonWriter writer, ResponseError value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("code"u8, value.Code);
        writer.WriteString("message"u8, value.Message);
        foreach (var (name, member) in value.AdditionalMembers ?? new Dictionary<string, JsonElement>())
        {
            writer.WritePropertyName(name);
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }
}
