using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads responses.</summary>
internal sealed class FastResponseConverter(Func<JsonTypeInfo<GrokResponse>> exact) : FastConverter<GrokResponse>(exact)
{
    protected override GrokResponse ReadMembers(ref Utf8JsonReader reader)
    {
        string? id = null, status = null, model = null, previous = null, tier = null;
        (long? created, long? completed, bool? store) = (null, null, null);
        IReadOnlyList<ResponseItem>? output = null;
        ResponseUsage? usage = null;
        ResponseError? error = null;
        IncompleteDetails? incomplete = null;
        ReasoningConfig? reasoning = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsText("id"u8, ref id)
                || reader.IsLong("created_at"u8, ref created)
                || reader.IsLong("completed_at"u8, ref completed)
                || reader.IsText("status"u8, ref status)
                || reader.IsText("model"u8, ref model)
                || reader.IsList("output"u8, Unions.Items, ref output)
                || reader.IsFast("usage"u8, FastJson.Usage, ref usage)
                || reader.IsValue("error"u8, ref error)
                || reader.IsValue("incomplete_details"u8, ref incomplete)
                || reader.IsText("previous_response_id"u8, ref previous)
                || reader.IsBool("store"u8, ref store)
                || reader.IsText("service_tier"u8, ref tier)
                || reader.IsFast("reasoning"u8, FastJson.Reasoning, ref reasoning)
                || reader.IsIgnored("headers"u8)
                || reader.IsOther(ref members);
        }

        return new()
        {
            Id = id,
            CreatedAt = created,
            CompletedAt = completed,
            Status = status,
            Model = model,
            Output = output,
            Usage = usage,
            Error = error,
            IncompleteDetails = incomplete,
            PreviousResponseId = previous,
            Store = store,
            ServiceTier = tier,
            Reasoning = reasoning,
            Members = members,
        };
    }
}
