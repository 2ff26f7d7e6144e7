using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads the reasoning settings of a response.</summary>
internal sealed class FastReasoningConverter(Func<JsonTypeInfo<ReasoningConfig>> exact) : FastConverter<ReasoningConfig>(exact)
{
    protected override ReasoningConfig ReadMembers(ref Utf8JsonReader reader)
    {
        string? effort = null, summary = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("effort"u8, ref effort)
                || reader.IsText("summary"u8, ref summary)
                || reader.IsOther(ref members);
        }

        return new() { Effort = effort, Summary = summary, Members = members };
    }
}
