using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes a turn as a response object, with the members and the order of the turn's profile (docs/wire.md#events).</summary>
internal static class ResponseWriter
{
    public static byte[] ToJson(Turn turn, bool withOutput = true, bool finished = true) => Json.Write(writer => Write(writer, turn, finished, withOutput));

    public static void Write(Utf8JsonWriter writer, Turn turn, bool finished, bool withOutput = true)
    {
        var request = turn.Request;
        var isLegacy = turn.Profile == GrokProfile.Docs2025;
        writer.WriteStartObject();
        writer.WriteNumber("created_at", turn.CreatedAt);
        if (!isLegacy)
        {
            writer.WriteNumberOrNull("completed_at", finished ? turn.CompletedAt : null);
        }

        writer.WriteString("id", turn.Id);
        writer.WriteNumberOrNull("max_output_tokens", request.MaxOutputTokens);
        writer.WriteString("model", turn.ModelName);
        writer.WriteString("object", "response");
        WriteOutput(writer, turn, finished && withOutput);
        writer.WriteBoolean("parallel_tool_calls", request.ParallelToolCalls);
        writer.WriteString("previous_response_id", request.PreviousResponseId);
        WriteReasoning(writer, finished && !isLegacy ? turn.Effort : null);
        WriteSampling(writer, "temperature", request.Temperature, isLegacy);
        WriteText(writer, request);
        WriteToolChoice(writer, request);
        WriteEcho(writer, request, "tools", "[]");
        WriteSampling(writer, "top_p", request.TopP, isLegacy);
        if (finished || !isLegacy)
        {
            WriteUsage(writer, finished ? turn.Usage : null, request, turn.Wire, isLegacy);
        }

        writer.WriteString("user", request.User);
        WriteIncompleteDetails(writer, finished ? turn.Reply.IncompleteReason : null);
        writer.WriteString("status", finished ? turn.Reply.Status : "in_progress");
        if (turn.Wire.EchoesStore)
        {
            writer.WriteBoolean("store", request.Store);
        }

        WriteServerOwned(writer, turn, finished);
        writer.WriteEndObject();
    }

    private static void WriteSampling(Utf8JsonWriter writer, string name, double? requested, bool isLegacy)
    {
        if (requested is null && isLegacy)
        {
            writer.WriteNull(name);
        }
        else
        {
            writer.WriteNumber(name, requested ?? 1);
        }
    }

    private static void WriteServerOwned(Utf8JsonWriter writer, Turn turn, bool finished)
    {
        // In 2025 the response object ended here, with empty metadata.
        writer.WriteStartObject("metadata");
        if (turn.Profile == GrokProfile.Docs2025)
        {
            writer.WriteEndObject();
            if (finished && turn.Reply.Error is not null)
            {
                WriteError(writer, turn, finished);
            }

            return;
        }

        writer.WriteString("system_fingerprint", turn.Fingerprint);
        writer.WriteEndObject();
        writer.WriteBoolean("background", false);
        if (turn.Wire.HasServiceTier)
        {
            writer.WriteString("service_tier", turn.ServiceTier);
        }

        writer.WriteString("truncation", "disabled");
        writer.WriteNumber("top_logprobs", turn.Request.TopLogprobs ?? 0);
        writer.WriteNumber("presence_penalty", 0);
        writer.WriteNumber("frequency_penalty", 0);
        writer.WriteString("prompt_cache_key", turn.Request.PromptCacheKey);
        writer.WriteNumberOrNull("max_tool_calls", turn.Request.MaxToolCalls);
        writer.WriteString("safety_identifier", turn.Request.SafetyIdentifier);
        WriteError(writer, turn, finished);

        // Null even when the request has instructions, as in responses retrieved from the service.
        writer.WriteNull("instructions");
        if (finished && turn.Wire.HasContentFilters)
        {
            HostMembers.WriteContentFilters(writer);
        }
    }

    private static void WriteError(Utf8JsonWriter writer, Turn turn, bool finished)
    {
        if (finished && turn.Reply.Error is var (code, message))
        {
            writer.WriteStartObject("error");
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            writer.WriteEndObject();
            if (turn.Reply.ErrorType is { } errorType)
            {
                writer.WriteString("error_type", errorType);
            }
        }
        else
        {
            writer.WriteNull("error");
        }
    }

    private static void WriteOutput(Utf8JsonWriter writer, Turn turn, bool finished)
    {
        writer.WriteStartArray("output");
        var output = finished ? turn.Reply.Output : [];
        for (var index = 0; index < output.Count; index++)
        {
            ItemWriter.Write(writer, output[index], ItemWriter.IdOf(turn.Id, output, index), finished: true);
        }

        writer.WriteEndArray();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, string? effort)
    {
        writer.WriteStartObject("reasoning");
        writer.WriteString("effort", effort);
        writer.WriteString("summary", effort is null or "none" ? null : "detailed");
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, CreateRequest request)
    {
        writer.WritePropertyName("text");
        if (request.Raw.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.Object && text.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Object
            && format.TryGetProperty("type", out var type) && type.GetString() == request.Format.Type)
        {
            text.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue("""{"format":{"type":"text"}}""");
        }
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, CreateRequest request)
    {
        if (request.ToolChoice.FunctionName is not null)
        {
            WriteEcho(writer, request, "tool_choice", "\"auto\"");
        }
        else
        {
            writer.WriteString("tool_choice", request.ToolChoice.Mode);
        }
    }

    private static void WriteEcho(Utf8JsonWriter writer, CreateRequest request, string name, string defaultJson)
    {
        writer.WritePropertyName(name);
        if (request.Raw.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
        {
            value.WriteTo(writer);
        }
        else
        {
            writer.WriteRawValue(defaultJson);
        }
    }

    private static void WriteIncompleteDetails(Utf8JsonWriter writer, string? reason)
    {
        if (reason is null)
        {
            writer.WriteNull("incomplete_details");
            return;
        }

        writer.WriteStartObject("incomplete_details");
        writer.WriteString("reason", reason);
        writer.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter writer, Usage? usage, CreateRequest request, HostWire wire, bool isLegacy)
    {
        if (usage is null)
        {
            writer.WriteNull("usage");
            return;
        }

        writer.WriteStartObject("usage");
        writer.WriteNumber("input_tokens", usage.InputTokens);
        writer.WriteStartObject("input_tokens_details");
        writer.WriteNumber("cached_tokens", usage.CachedTokens);
        writer.WriteEndObject();
        writer.WriteNumber("output_tokens", usage.OutputTokens);
        writer.WriteStartObject("output_tokens_details");
        writer.WriteNumber("reasoning_tokens", usage.ReasoningTokens);
        writer.WriteEndObject();
        writer.WriteNumber("total_tokens", usage.InputTokens + usage.OutputTokens);
        writer.WriteNumber("num_sources_used", 0);
        writer.WriteNumber("num_server_side_tools_used", usage.Tools.Total);
        if (usage.Tools.Total > 0 || (!isLegacy && request.Tools.Any(tool => !tool.IsFunction)))
        {
            WriteToolUsage(writer, usage.Tools, isLegacy);
        }

        if (!isLegacy)
        {
            HostMembers.WriteCost(writer, usage.CostInUsdTicks, wire);
            writer.WriteStartObject("context_details");
            writer.WriteNumber("input_tokens", usage.ContextInput);
            writer.WriteNumber("output_tokens", usage.ContextOutput);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteToolUsage(Utf8JsonWriter writer, ToolCalls tools, bool isLegacy)
    {
        writer.WriteStartObject("server_side_tool_usage_details");
        writer.WriteNumber("web_search_calls", tools.Web);
        writer.WriteNumber("x_search_calls", tools.X);
        if (!isLegacy)
        {
            writer.WriteNumber("x_posts_fetched", tools.XPosts);
            writer.WriteNumber("x_users_fetched", tools.XUsers);
        }

        writer.WriteNumber("code_interpreter_calls", tools.Code);
        writer.WriteNumber("file_search_calls", tools.Files);
        writer.WriteNumber("mcp_calls", tools.Mcp + (isLegacy ? 0 : tools.McpListings));
        writer.WriteNumber("document_search_calls", tools.Documents);
        if (!isLegacy)
        {
            writer.WriteNumber("image_generation_calls", tools.Images);
        }

        writer.WriteEndObject();
    }
}
