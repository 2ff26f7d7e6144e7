using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads events of a response's life.</summary>
internal sealed class FastLifecycleConverter(Func<JsonTypeInfo<LifecycleEvent>> exact) : FastConverter<LifecycleEvent>(exact)
{
    protected override LifecycleEvent ReadMembers(ref Utf8JsonReader reader)
    {
        string? type = null;
        long? number = null;
        GrokResponse? response = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("type"u8, ref type)
                || reader.IsLong("sequence_number"u8, ref number)
                || reader.IsFast("response"u8, FastJson.Response, ref response)
                || reader.IsOther(ref members);
        }

        return new(type!) { SequenceNumber = number, Response = response, Members = members };
    }
}
