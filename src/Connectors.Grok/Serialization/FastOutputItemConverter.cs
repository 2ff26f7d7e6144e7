using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads events of an item.</summary>
internal sealed class FastOutputItemConverter(Func<JsonTypeInfo<OutputItemEvent>> exact) : FastConverter<OutputItemEvent>(exact)
{
    protected override OutputItemEvent ReadMembers(ref Utf8JsonReader reader)
    {
        string? type = null;
        long? number = null;
        var index = 0;
        ResponseItem? item = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("type"u8, ref type)
                || reader.IsLong("sequence_number"u8, ref number)
                || reader.IsInt("output_index"u8, ref index)
                || reader.IsCase("item"u8, Unions.Items, ref item)
                || reader.IsOther(ref members);
        }

        return new(type!) { SequenceNumber = number, OutputIndex = index, Item = item, Members = members };
    }
}
