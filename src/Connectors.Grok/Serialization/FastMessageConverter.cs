using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads messages.</summary>
internal sealed class FastMessageConverter(Func<JsonTypeInfo<MessageItem>> exact) : FastConverter<MessageItem>(exact)
{
    protected override MessageItem ReadMembers(ref Utf8JsonReader reader)
    {
        string? type = null, id = null, status = null, role = null, name = null;
        IReadOnlyList<ResponsePart>? content = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("type"u8, ref type)
                || reader.IsText("id"u8, ref id)
                || reader.IsText("status"u8, ref status)
                || reader.IsText("role"u8, ref role)
                || reader.IsText("name"u8, ref name)
                || reader.IsContent("content"u8, ref content)
                || reader.IsOther(ref members);
        }

        return new() { Id = id, Status = status, Role = role, Name = name, Content = content, Members = members };
    }
}
