using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>Reads the usage of a response.</summary>
internal sealed class FastUsageConverter(Func<JsonTypeInfo<ResponseUsage>> exact) : FastConverter<ResponseUsage>(exact)
{
    protected override ResponseUsage ReadMembers(ref Utf8JsonReader reader)
    {
        long? input = null, output = null, total = null, sources = null, tools = null, cost = null;
        InputTokensDetails? ofInput = null;
        OutputTokensDetails? ofOutput = null;
        ServerSideToolUsageDetails? ofTools = null;
        ContextDetails? context = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsLong("input_tokens"u8, ref input)
                || reader.IsFast("input_tokens_details"u8, FastJson.InputTokens, ref ofInput)
                || reader.IsLong("output_tokens"u8, ref output)
                || reader.IsFast("output_tokens_details"u8, FastJson.OutputTokens, ref ofOutput)
                || reader.IsLong("total_tokens"u8, ref total)
                || reader.IsLong("num_sources_used"u8, ref sources)
                || reader.IsLong("num_server_side_tools_used"u8, ref tools)
                || reader.IsLong("cost_in_usd_ticks"u8, ref cost)
                || reader.IsValue("server_side_tool_usage_details"u8, ref ofTools)
                || reader.IsValue("context_details"u8, ref context)
                || reader.IsOther(ref members);
        }

        return new()
        {
            InputTokens = input,
            InputTokensDetails = ofInput,
            OutputTokens = output,
            OutputTokensDetails = ofOutput,
            TotalTokens = total,
            NumSourcesUsed = sources,
            NumServerSideToolsUsed = tools,
            CostInUsdTicks = cost,
            ServerSideToolUsageDetails = ofTools,
            ContextDetails = context,
            Members = members,
        };
    }
}

/// <summary>Reads the details of the input tokens.</summary>
internal sealed class FastInputTokensConverter(Func<JsonTypeInfo<InputTokensDetails>> exact) : FastConverter<InputTokensDetails>(exact)
{
    protected override InputTokensDetails ReadMembers(ref Utf8JsonReader reader)
    {
        long? cached = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsLong("cached_tokens"u8, ref cached)
                || reader.IsOther(ref members);
        }

        return new() { CachedTokens = cached, Members = members };
    }
}

/// <summary>Reads the details of the output tokens.</summary>
internal sealed class FastOutputTokensConverter(Func<JsonTypeInfo<OutputTokensDetails>> exact) : FastConverter<OutputTokensDetails>(exact)
{
    protected override OutputTokensDetails ReadMembers(ref Utf8JsonReader reader)
    {
        long? reasoning = null;
        Dictionary<string, JsonElement>? members = null;
        while (reader.NextMember())
        {
            _ = reader.IsLong("reasoning_tokens"u8, ref reasoning)
                || reader.IsOther(ref members);
        }

        return new() { ReasoningTokens = reasoning, Members = members };
    }
}
