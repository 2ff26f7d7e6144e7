using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>The tag tables of the wire unions.</summary>
internal static class Tags
{
    public static readonly TagTable<ResponseItem> Items = new(
        [
            new TagCase<ResponseItem, MessageItem>("message", FastJson.Message),
            new TagCase<ResponseItem, ReasoningItem>("reasoning"),
            new TagCase<ResponseItem, FunctionCallItem>("function_call"),
            new TagCase<ResponseItem, FunctionCallOutputItem>("function_call_output"),
            new TagCase<ResponseItem, WebSearchCallItem>("web_search_call"),
            new TagCase<ResponseItem, CustomToolCallItem>("custom_tool_call"),
            new TagCase<ResponseItem, XSearchCallItem>("x_search_call"),
            new TagCase<ResponseItem, CodeInterpreterCallItem>("code_interpreter_call"),
            new TagCase<ResponseItem, CodeInterpreterCallItem>("code_execution_call"),
            new TagCase<ResponseItem, FileSearchCallItem>("file_search_call"),
            new TagCase<ResponseItem, McpCallItem>("mcp_call"),
            new TagCase<ResponseItem, ImageGenerationCallItem>("image_generation_call"),
            new TagCase<ResponseItem, CompactionItem>("compaction"),
            new TagCase<ResponseItem, ToolSearchCallItem>("tool_search_call"),
            new TagCase<ResponseItem, ToolSearchOutputItem>("tool_search_output"),
        ],
        UnknownItem,
        static item => (item as UnknownItem)?.Json);

    public static readonly TagTable<ResponsePart> Parts = new(
        [
            new TagCase<ResponsePart, InputTextPart>("input_text"),
            new TagCase<ResponsePart, InputImagePart>("input_image"),
            new TagCase<ResponsePart, InputFilePart>("input_file"),
            new TagCase<ResponsePart, OutputTextPart>("output_text", FastJson.OutputText),
            new TagCase<ResponsePart, RefusalPart>("refusal"),
            new TagCase<ResponsePart, SummaryTextPart>("summary_text"),
            new TagCase<ResponsePart, ReasoningTextPart>("reasoning_text"),
        ],
        static (tag, json) => new UnknownPart(tag, json),
        static part => (part as UnknownPart)?.Json);

    public static readonly TagTable<ResponseAnnotation> Annotations = new(
        [new TagCase<ResponseAnnotation, UrlCitationAnnotation>("url_citation")],
        static (tag, json) => new UnknownAnnotation(tag, json),
        static annotation => (annotation as UnknownAnnotation)?.Json);

    public static readonly TagTable<ResponseTool> Tools = new(
        [
            new TagCase<ResponseTool, FunctionTool>("function"),
            new TagCase<ResponseTool, WebSearchTool>("web_search"),
            new TagCase<ResponseTool, XSearchTool>("x_search"),
            new TagCase<ResponseTool, CodeInterpreterTool>("code_interpreter"),
            new TagCase<ResponseTool, FileSearchTool>("file_search"),
            new TagCase<ResponseTool, McpTool>("mcp"),
            new TagCase<ResponseTool, ImageGenerationTool>("image_generation"),
            new TagCase<ResponseTool, ToolSearchTool>("tool_search"),
        ],
        static (tag, json) => new UnknownTool(tag, json),
        static tool => (tool as UnknownTool)?.Json);

    // The most frequent tag comes first.
    public static readonly TagTable<ResponseEvent> Events = new(
        [
            new TagCase<ResponseEvent, DeltaEvent>("response.output_text.delta"),
            new TagCase<ResponseEvent, DeltaEvent>("response.reasoning_summary_text.delta"),
            new TagCase<ResponseEvent, DeltaEvent>("response.reasoning_text.delta"),
            new TagCase<ResponseEvent, DeltaEvent>("response.refusal.delta"),
            new TagCase<ResponseEvent, DeltaEvent>("response.function_call_arguments.delta"),
            new TagCase<ResponseEvent, OutputItemEvent>("response.output_item.added", FastJson.OutputItem),
            new TagCase<ResponseEvent, OutputItemEvent>("response.output_item.done", FastJson.OutputItem),
            new TagCase<ResponseEvent, LifecycleEvent>("response.created", FastJson.Lifecycle),
            new TagCase<ResponseEvent, LifecycleEvent>("response.in_progress", FastJson.Lifecycle),
            new TagCase<ResponseEvent, LifecycleEvent>("response.completed", FastJson.Lifecycle),
            new TagCase<ResponseEvent, LifecycleEvent>("response.done", FastJson.Lifecycle),
            new TagCase<ResponseEvent, LifecycleEvent>("response.incomplete", FastJson.Lifecycle),
            new TagCase<ResponseEvent, LifecycleEvent>("response.failed", FastJson.Lifecycle),
        ],
        UnknownEvent,
        static e => e switch { ErrorEvent error => error.Json, UnknownEvent unknown => unknown.Json, _ => null });

    /// <summary>Creates the record of an item with an unknown shape, unless its members identify it.</summary>
    private static ResponseItem UnknownItem(string tag, JsonElement json) => tag switch
    {
        _ when json.ValueKind != JsonValueKind.Object => new UnknownItem(tag, json),
        // A message may omit its type: its role identifies it.
        "" when json.TryGetProperty("role", out _) => json.Deserialize(WireJson.Context.MessageItem)!,
        "function_call" when json.TryGetProperty("arguments", out var arguments) && arguments.ValueKind == JsonValueKind.Object =>
            (ResponseItem?)CallOf(json, arguments) ?? new UnknownItem(tag, json),
        _ => new UnknownItem(tag, json),
    };

    /// <summary>Some gateways send the arguments as an object. It is read as a function call, so that an agent does not take the response for the last one.</summary>
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
            // Another member has an unknown shape as well, or a member occurs twice.
            return null;
        }
    }

    /// <summary>Error frames have many shapes (typed, flat, nested), so that the error reader reads the raw JSON.</summary>
    private static ResponseEvent UnknownEvent(string tag, JsonElement json) =>
        tag == "error" || (tag.Length == 0 && json.ValueKind == JsonValueKind.Object && json.TryGetProperty("error", out _))
            ? new ErrorEvent(json)
            : new UnknownEvent(tag, json) { SequenceNumber = Number(json) };

    private static long? Number(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty("sequence_number", out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : null;
}
