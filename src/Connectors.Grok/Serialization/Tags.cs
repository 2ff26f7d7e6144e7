using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>One tag table per union of the wire, and nothing else.</summary>
internal static class Tags
{
    public static readonly TagTable<ResponseItem> Items = new(
        [
            ("message", typeof(MessageItem)),
            ("reasoning", typeof(ReasoningItem)),
            ("function_call", typeof(FunctionCallItem)),
            ("function_call_output", typeof(FunctionCallOutputItem)),
            ("web_search_call", typeof(WebSearchCallItem)),
            ("custom_tool_call", typeof(CustomToolCallItem)),
            ("x_search_call", typeof(XSearchCallItem)),
            ("code_interpreter_call", typeof(CodeInterpreterCallItem)),
            ("code_execution_call", typeof(CodeInterpreterCallItem)),
            ("file_search_call", typeof(FileSearchCallItem)),
            ("mcp_call", typeof(McpCallItem)),
            ("image_generation_call", typeof(ImageGenerationCallItem)),
            ("compaction", typeof(CompactionItem)),
        ],
        UnknownItem,
        static item => (item as UnknownItem)?.Json);

    public static readonly TagTable<ContentPart> Parts = new(
        [
            ("input_text", typeof(InputTextPart)),
            ("input_image", typeof(InputImagePart)),
            ("input_file", typeof(InputFilePart)),
            ("output_text", typeof(OutputTextPart)),
            ("refusal", typeof(RefusalPart)),
            ("summary_text", typeof(SummaryTextPart)),
            ("reasoning_text", typeof(ReasoningTextPart)),
        ],
        static (tag, json) => new UnknownPart(tag, json),
        static part => (part as UnknownPart)?.Json);

    public static readonly TagTable<Annotation> Annotations = new(
        [("url_citation", typeof(UrlCitation))],
        static (tag, json) => new UnknownAnnotation(tag, json),
        static annotation => (annotation as UnknownAnnotation)?.Json);

    public static readonly TagTable<ResponseTool> Tools = new(
        [
            ("function", typeof(FunctionTool)),
            ("web_search", typeof(WebSearchTool)),
            ("x_search", typeof(XSearchTool)),
            ("code_interpreter", typeof(CodeInterpreterTool)),
            ("file_search", typeof(FileSearchTool)),
            ("mcp", typeof(McpTool)),
            ("image_generation", typeof(ImageGenerationTool)),
        ],
        static (tag, json) => new UnknownTool(tag, json),
        static tool => (tool as UnknownTool)?.Json);

    // The first is by far the most frequent.
    public static readonly TagTable<ResponseEvent> Events = new(
        [
            ("response.output_text.delta", typeof(DeltaEvent)),
            ("response.reasoning_summary_text.delta", typeof(DeltaEvent)),
            ("response.reasoning_text.delta", typeof(DeltaEvent)),
            ("response.refusal.delta", typeof(DeltaEvent)),
            ("response.function_call_arguments.delta", typeof(DeltaEvent)),
            ("response.output_item.added", typeof(OutputItemEvent)),
            ("response.output_item.done", typeof(OutputItemEvent)),
            ("response.created", typeof(LifecycleEvent)),
            ("response.in_progress", typeof(LifecycleEvent)),
            ("response.completed", typeof(LifecycleEvent)),
            ("response.done", typeof(LifecycleEvent)),
            ("response.incomplete", typeof(LifecycleEvent)),
            ("response.failed", typeof(LifecycleEvent)),
        ],
        UnknownEvent,
        static e => e switch { ErrorEvent error => error.Json, UnknownEvent unknown => unknown.Json, _ => null });

    /// <summary>What is none of the known shapes, but for what says all the same what it is.</summary>
    private static ResponseItem UnknownItem(string tag, JsonElement json) => tag switch
    {
        _ when json.ValueKind != JsonValueKind.Object => new UnknownItem(tag, json),
        // A message may leave out its type: its role says what it is.
        "" when json.TryGetProperty("role", out _) => json.Deserialize(WireJson.Context.MessageItem)!,
        "function_call" when json.TryGetProperty("arguments", out var arguments) && arguments.ValueKind == JsonValueKind.Object =>
            (ResponseItem?)CallOf(json, arguments) ?? new UnknownItem(tag, json),
        _ => new UnknownItem(tag, json),
    };

    /// <summary>Some gateways hand over the arguments as the object itself. Such a call is a call, or an agent would take its answer for the end.</summary>
    private static FunctionCallItem? CallOf(JsonElement json, JsonElement arguments)
    {
        try
        {
            var call = JsonObject.Create(json)!;
            call["arguments"] = arguments.GetRawText();
            return call.Deserialize(WireJson.Context.FunctionCallItem);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            // Something else is odd as well, or a member stands there twice.
            return null;
        }
    }

    /// <summary>Error frames come in so many shapes (typed, flat, nested) that whoever reads the error reads the JSON.</summary>
    private static ResponseEvent UnknownEvent(string tag, JsonElement json) =>
        tag == "error" || (tag.Length == 0 && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out _))
            ? new ErrorEvent(json)
            : new UnknownEvent(tag, json) { SequenceNumber = Number(json) };

    private static long? Number(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("sequence_number", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
