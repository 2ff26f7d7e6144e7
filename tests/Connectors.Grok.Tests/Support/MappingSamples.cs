using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>One sample of every mapped content, option, tool, item and event.</summary>
internal static class MappingSamples
{
    private static AdditionalPropertiesDictionary Reasoning => new() { [GrokKeys.Content.ReasoningItemId] = "rs_1", [GrokKeys.Content.ReasoningModel] = "grok-4.7" };

    private static AdditionalPropertiesDictionary Item(string json) => new() { [GrokKeys.Content.Item] = json };

    public static IReadOnlyList<AIContent> Contents =>
    [
        new TextContent("t"),
        new TextReasoningContent("t") { ProtectedData = "b", AdditionalProperties = Reasoning },
        new TextReasoningContent("t") { AdditionalProperties = Reasoning },
        new DataContent(Some.Png, "image/png"),
        new DataContent("x"u8.ToArray(), "image/gif"),
        new DataContent("x"u8.ToArray(), "application/pdf") { Name = "a.pdf" },
        new DataContent("x"u8.ToArray(), "audio/wav"),
        new UriContent("https://x.ai/i.png", "image/png").WithImageDetail("high"),
        new UriContent("https://x.ai/a.pdf", "application/pdf"),
        new HostedFileContent("file_1"),
        new HostedVectorStoreContent("collection_1"),
        new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["a"] = 1 }),
        new FunctionResultContent("c2", "r"),
        new ErrorContent("No.") { ErrorCode = "Refusal" },
        new ErrorContent("e"),
        new UsageContent(new UsageDetails()),
        new ToolCallContent("t1") { AdditionalProperties = new() { [GrokKeys.Content.ToolName] = "x_keyword_search" } },
        new ToolResultContent("t1") { AdditionalProperties = Item("""{"type":"custom_tool_call","id":"ctc_1","call_id":"t1","name":"x_keyword_search","input":"{}"}""") },
        new WebSearchToolCallContent("w1"),
        new WebSearchToolResultContent("w1") { AdditionalProperties = Item("""{"type":"web_search_call","id":"w1","action":{"type":"search","query":"q"}}""") },
        new CodeInterpreterToolCallContent("i1"),
        new CodeInterpreterToolResultContent("i1") { AdditionalProperties = Item("""{"type":"code_interpreter_call","id":"i1","code":"1"}""") },
        new McpServerToolCallContent("m1", "f", "docs"),
        new McpServerToolResultContent("m1") { AdditionalProperties = Item("""{"type":"mcp_call","id":"m1","server_label":"docs","name":"f","arguments":"{}","output":"o"}""") },
        new ImageGenerationToolCallContent("g1"),
        new ImageGenerationToolResultContent("g1") { Outputs = [new DataContent("x"u8.ToArray(), "image/png")], AdditionalProperties = Item("""{"type":"image_generation_call","id":"g1","prompt":"p"}""") },
        new ToolApprovalRequestContent("a1", new FunctionCallContent("c9", "f")),
        new ToolApprovalResponseContent("a1", true, new FunctionCallContent("c9", "f")),
        new AIContent { RawRepresentation = new UnknownItem("hologram", JsonDocument.Parse("""{"type":"hologram"}""").RootElement), AdditionalProperties = Item("""{"type":"hologram"}""") },
        new AIContent(),
    ];

    public static IReadOnlyList<(string Name, string Example, ChatOptions Options)> Options
    {
        get
        {
            var tool = AIFunctionFactory.CreateDeclaration("f", "d", JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement);
            return
            [
                ("ConversationId", "`\"r-1\"`", new() { ConversationId = "r-1" }),
                ("Instructions", "`\"Be brief.\"` (sent as a leading system item)", new() { Instructions = "Be brief." }),
                ("ModelId", "`\"grok-4.6\"`", new() { ModelId = "grok-4.6" }),
                ("Temperature", "0.5", new() { Temperature = 0.5f }),
                ("TopP", "0.5", new() { TopP = 0.5f }),
                ("TopK", "5", new() { TopK = 5 }),
                ("Seed", "5", new() { Seed = 5 }),
                ("MaxOutputTokens", "5", new() { MaxOutputTokens = 5 }),
                ("FrequencyPenalty", "0", new() { FrequencyPenalty = 0 }),
                ("PresencePenalty", "0", new() { PresencePenalty = 0 }),
                ("StopSequences", "`[\"x\"]`", new() { StopSequences = ["x"] }),
                ("ResponseFormat", "Text", new() { ResponseFormat = ChatResponseFormat.Text }),
                ("ResponseFormat", "Json", new() { ResponseFormat = ChatResponseFormat.Json }),
                ("ResponseFormat", "a schema", new() { ResponseFormat = ChatResponseFormat.ForJsonSchema(JsonDocument.Parse("""{"type":"object","properties":{"a":{"type":"string"}}}""").RootElement, "n", "d") }),
                ("Reasoning", "Effort High", new() { Reasoning = new() { Effort = ReasoningEffort.High } }),
                ("Reasoning", "Effort None with grok-4.7", new() { Reasoning = new() { Effort = ReasoningEffort.None } }),
                ("Reasoning", "Output Summary", new() { Reasoning = new() { Output = ReasoningOutput.Summary } }),
                ("Reasoning", "Output Full", new() { Reasoning = new() { Output = ReasoningOutput.Full } }),
                ("Tools", "a function", new() { Tools = [tool] }),
                ("ToolMode", "RequireAny", new() { Tools = [tool], ToolMode = ChatToolMode.RequireAny }),
                ("ToolMode", "RequireSpecific", new() { Tools = [tool], ToolMode = ChatToolMode.RequireSpecific("f") }),
                ("ToolMode", "None", new() { Tools = [tool], ToolMode = ChatToolMode.None }),
                ("ToolMode", "Auto without tools", new() { ToolMode = ChatToolMode.Auto }),
                ("AllowMultipleToolCalls", "false", new() { Tools = [tool], AllowMultipleToolCalls = false }),
                ("AllowBackgroundResponses", "true", new() { AllowBackgroundResponses = true }),
                ("ContinuationToken", "any", new() { ContinuationToken = ResponseContinuationToken.FromBytes(new byte[] { 1 }) }),
                ("RawRepresentationFactory", "a request with `user`", new() { RawRepresentationFactory = static _ => new CreateResponseRequest { User = "u" } }),
                ("RawRepresentationFactory", "another type", new() { RawRepresentationFactory = static _ => "x" }),
                ("AdditionalProperties", "`store`: false", new ChatOptions().WithStore(false)),
                ("AdditionalProperties", "an unknown key", new() { AdditionalProperties = new() { ["x"] = 1 } }),
            ];
        }
    }

    public static IReadOnlyList<AITool> Tools =>
    [
        AIFunctionFactory.CreateDeclaration("f", "d", JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement),
        new HostedWebSearchTool(),
        new GrokXSearchTool { AllowedHandles = ["@xai"], From = new(2026, 1, 1) },
        new HostedCodeInterpreterTool(),
        new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("collection_1")] },
        new HostedMcpServerTool("docs", "https://mcp.example/"),
        new HostedImageGenerationTool(),
        new HostedToolSearchTool(),
        new UnknownTool("shell", JsonDocument.Parse("""{"type":"shell"}""").RootElement).AsAITool(),
    ];

    public static IReadOnlyList<string> Items =>
    [
        Some.Message("Hi"),
        Some.Message("Hi", """[{"type":"url_citation","url":"https://x.ai/"}]"""),
        """{"type":"message","role":"assistant","content":[{"type":"refusal","refusal":"No."}]}""",
        Some.Reasoning(Some.Summary("s")),
        Some.Call("f", "{}"),
        """{"type":"function_call_output","call_id":"c","output":"o"}""",
        """{"type":"web_search_call","id":"w"}""",
        """{"type":"custom_tool_call","id":"c","call_id":"c","name":"x_keyword_search","input":"{}"}""",
        """{"type":"x_search_call","id":"x"}""",
        """{"type":"code_interpreter_call","id":"i"}""",
        """{"type":"code_execution_call","id":"i"}""",
        """{"type":"file_search_call","id":"f"}""",
        """{"type":"attachment_search_call","id":"a"}""",
        """{"type":"mcp_call","id":"m","name":"f","server_label":"docs"}""",
        """{"type":"image_generation_call","id":"g"}""",
        """{"type":"view_image_call","id":"v"}""",
        """{"type":"view_x_video_call","id":"v"}""",
        """{"type":"shell_call","id":"s","call_id":"s"}""",
        """{"type":"compaction","id":"c","encrypted_content":"b"}""",
        """{"type":"tool_search_call","id":"s","arguments":{"query":"q","limit":1},"execution":"server"}""",
        """{"type":"tool_search_output","id":"o","tools":[],"execution":"server"}""",
        """{"type":"hologram","id":"h"}""",
    ];

    public static IReadOnlyList<(string Type, string Frame)> Events =>
    [
        ("response.created", Some.Created),
        ("response.in_progress", Some.Created.Replace("response.created", "response.in_progress", StringComparison.Ordinal)),
        ("response.output_item.added", Some.Added(0, Some.Message("Hi"))),
        ("response.output_item.done", Some.Done(0, Some.Message("Hi"))),
        ("response.output_text.delta", Some.TextDelta("Hi")),
        ("response.reasoning_summary_text.delta", Some.SummaryDelta("Hm")),
        ("response.reasoning_text.delta", Some.ThoughtDelta("Hm")),
        ("response.refusal.delta", """{"type":"response.refusal.delta","output_index":0,"delta":"N"}"""),
        ("response.function_call_arguments.delta", """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{}"}"""),
        .. Progress.Select(static type => (type, new JsonObject { ["type"] = type, ["output_index"] = 0, ["item_id"] = "i" }.ToJsonString())),
        ("response.completed", Some.Completed(Some.Message("Hi"))),
        ("response.done", Some.Completed(Some.Message("Hi")).Replace("\"type\":\"response.completed\"", "\"type\":\"response.done\"", StringComparison.Ordinal)),
        ("response.incomplete", Some.Completed(Some.Message("Hi"), "incomplete")),
        ("response.failed", """{"type":"response.failed","response":{"id":"r","status":"failed","error":{"code":"server_error","message":"m"}}}"""),
        ("error", """{"type":"error","code":null,"message":"m","param":null}"""),
        ("(an error without a type)", """{"code":"The service is currently unavailable","error":"m"}"""),
        ("(an unknown event)", """{"type":"response.hologram.delta"}"""),
    ];

    /// <summary>Progress events: the finished item holds the same data and more.</summary>
    private static readonly string[] Progress =
    [
        "response.content_part.added", "response.content_part.done", "response.output_text.done", "response.output_text.annotation.added", "response.refusal.done",
        "response.reasoning_summary_part.added", "response.reasoning_summary_part.done", "response.reasoning_summary_text.done", "response.reasoning_text.done",
        "response.function_call_arguments.done",
        "response.web_search_call.in_progress", "response.web_search_call.searching", "response.web_search_call.completed",
        "response.x_search_call.in_progress", "response.x_search_call.searching", "response.x_search_call.completed",
        "response.custom_tool_call_input.delta", "response.custom_tool_call_input.done",
        "response.file_search_call.in_progress", "response.file_search_call.searching", "response.file_search_call.completed",
        "response.code_interpreter_call.in_progress", "response.code_interpreter_call.executing", "response.code_interpreter_call.interpreting", "response.code_interpreter_call.completed",
        "response.code_interpreter_call_code.delta", "response.code_interpreter_call_code.done",
        "response.code_execution_call.in_progress", "response.code_execution_call.executing", "response.code_execution_call.completed",
        "response.image_generation_call.in_progress", "response.image_generation_call.generating", "response.image_generation_call.completed",
        "response.mcp_call.in_progress", "response.mcp_call.executing", "response.mcp_call.completed", "response.mcp_call.failed",
        "response.mcp_call_arguments.delta", "response.mcp_call_arguments.done", "response.mcp_call_output.delta", "response.mcp_call_output.done",
        "response.doom_loop_check",
    ];
}
