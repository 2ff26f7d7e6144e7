using System.Text.Json;
using System.Text.Json.Serialization;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Converts an error inside a response: an object with code and message, or plain text.</summary>
internal sealed class ResponseErrorConverter : JsonConverter<ResponseError>
{
    public override ResponseError Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var json = JsonElement.ParseValue(ref reader);
        if (json.ValueKind != JsonValueKind.Object)
        {
            return new ResponseError { Message = json.ToString() };
        }

        // The last of two members with the same name wins, as elsewhere in JSON.
        var members = json.EnumerateObject().GroupBy(static m => m.Name).ToDictionary(static m => m.Key, static m => m.Last().Value);
        return new ResponseError
        {
            Code = members.Remove("code", out var code) && code.ValueKind != JsonValueKind.Null ? code.ToString() : null,
            Message = members.Remove("message", out var message) ? message.ToString() : null,
            AdditionalMembers = members,
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
