namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Shapes that the emulator does not send, from public documents and recordings.</summary>
internal static class Documents
{
    private const string Id = "769f3302-64f9-4c72-2b48-860c87fd9b2a";

    private const string Usage =
        """{"input_tokens":216,"input_tokens_details":{"cached_tokens":192},"output_tokens":831,"output_tokens_details":{"reasoning_tokens":253},"total_tokens":1047,"num_sources_used":0,"num_server_side_tools_used":2,"cost_in_usd_ticks":3244000,"server_side_tool_usage_details":{"web_search_calls":1,"x_search_calls":1},"context_details":{"input_tokens":216,"output_tokens":831}}""";

    private const string Message =
        """{"content":[{"type":"output_text","text":"Hi [[1]](https://x.ai/company) there","logprobs":[],"annotations":[{"type":"url_citation","url":"https://x.ai/company","start_index":3,"end_index":30,"title":"1"},{"type":"url_citation","url":"collections://a/b"}]}],"id":"msg_769f","role":"assistant","type":"message","status":"completed"}""";

    private const string Items =
        """{"id":"rs_769f","summary":[{"text":"Hm","type":"summary_text"}],"content":[{"type":"reasoning_text","text":"aloud"}],"type":"reasoning","encrypted_content":"AAECAwQFBgc+Pz8/","status":"completed"}""" + ","
        + """{"id":"fc_769f_0","type":"web_search_call","call_id":"","name":"web_search","arguments":"{\"query\":\"a\"}","status":"completed"}""" + ","
        + """{"id":"ws_1","type":"web_search_call","status":"completed","action":{"type":"find","pattern":"p","source":{"type":"url","url":"https://x.ai"}}}""" + ","
        + """{"id":"ctc_1","call_id":"xs_call_1","name":"x_keyword_search","input":"{\"query\":\"a\"}","type":"custom_tool_call","status":"completed"}""" + ","
        + """{"id":"sh_1","call_id":"sh","type":"shell_call","status":"completed","action":{"type":"exec","commands":["ls"],"timeout_ms":1,"max_output_length":1},"environment":null}""" + ","
        + """{"id":"ci_1","type":"code_execution_call","name":"code_execution","arguments":"{\"code\":\"1\"}","status":"completed","outputs":[{"type":"image","url":"https://x.ai/i.png"},{"type":"logs","logs":"1"}]}""" + ","
        + """{"id":"ig_1","type":"image_generation_call","status":"completed","result":"data:image/png;base64,iVBORw0KGgo=","prompt":"p"}""";

    public static IReadOnlyList<Seed> All { get; } =
    [
        new("documented body", [Response($"{Items},{Message}", "completed")], IsStream: false),
        new("documented stream", [
            """{"sequence_number":0,"type":"response.created","response":{"created_at":1781829888,"id":"769f3302-64f9-4c72-2b48-860c87fd9b2a","model":"grok-4.6","object":"response","output":[],"status":"in_progress","usage":null}}""",
            """{"sequence_number":1,"type":"response.output_item.added","item":{"id":"rs_769f","type":"reasoning","summary":[],"status":"in_progress"},"output_index":0}""",
            """{"sequence_number":2,"type":"response.reasoning_summary_part.added","item_id":"rs_769f","output_index":0,"summary_index":0,"part":{"text":"","type":"summary_text"}}""",
            """{"sequence_number":3,"type":"response.reasoning_summary_text.delta","item_id":"rs_769f","output_index":0,"summary_index":0,"delta":"Hm"}""",
            """{"sequence_number":4,"type":"response.reasoning_text.delta","item_id":"rs_769f","output_index":0,"content_index":0,"delta":"aloud"}""",
            """{"sequence_number":5,"type":"response.output_item.done","item":{"id":"rs_769f","summary":[{"text":"Hm","type":"summary_text"}],"content":[{"type":"reasoning_text","text":"aloud"}],"type":"reasoning","encrypted_content":"AAECAwQFBgc+Pz8/","status":"completed"},"output_index":0}""",
            """{"sequence_number":6,"type":"response.output_item.added","item":{"content":[],"id":"msg_769f","role":"assistant","type":"message","status":"in_progress"},"output_index":1}""",
            """{"sequence_number":7,"type":"response.output_text.delta","item_id":"msg_769f","output_index":1,"content_index":0,"delta":"Hi ","logprobs":[]}""",
            """{"sequence_number":8,"type":"response.output_text.delta","item_id":"msg_769f","output_index":1,"content_index":0,"delta":"[[1]](https://x.ai/company)","logprobs":[]}""",
            """{"sequence_number":9,"type":"response.output_text.delta","item_id":"msg_769f","output_index":1,"content_index":0,"delta":" there","logprobs":[]}""",
            """{"sequence_number":10,"type":"response.output_text.annotation.added","item_id":"msg_769f","output_index":1,"content_index":0,"annotation_index":0,"annotation":{"type":"url_citation","url":"https://x.ai/company","start_index":3,"end_index":30,"title":"1"}}""",
            $$"""{"sequence_number":11,"type":"response.output_item.done","item":{{Message}},"output_index":1}""",
            $$"""{"sequence_number":12,"type":"response.done","response":{{Response($$"""{"id":"rs_769f","summary":[{"text":"Hm","type":"summary_text"}],"type":"reasoning","encrypted_content":"AAECAwQFBgc+Pz8/"},{{Message}}""", "completed")}}}""",
        ], IsStream: true),
        new("only a last event", [$$"""{"type":"response.completed","response":{{Response($"{Items},{Message}", "completed")}}}"""], IsStream: true),
        new("refusal in pieces", [
            """{"type":"response.refusal.delta","item_id":"m","output_index":0,"content_index":0,"delta":"No"}""",
            """{"type":"response.output_item.done","item":{"id":"m","type":"message","role":"assistant","content":[{"type":"refusal","refusal":"No."}]},"output_index":0}""",
            $$"""{"type":"response.completed","response":{{Response("", "completed")}}}""",
        ], IsStream: true),
        new("call in pieces", [
            """{"type":"response.output_item.added","item":{"type":"function_call","id":"fc","call_id":"call_1","name":"f","arguments":""},"output_index":0}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc","output_index":0,"delta":"{\"a\""}""",
            """{"type":"response.function_call_arguments.delta","item_id":"fc","output_index":0,"delta":":1}"}""",
            """{"type":"response.function_call_arguments.done","item_id":"fc","output_index":0,"arguments":"{\"a\":1}"}""",
            """{"type":"response.output_item.done","item":{"type":"function_call","id":"fc","call_id":"call_1","name":"f","arguments":"{\"a\":1}"},"output_index":0}""",
            $$"""{"type":"response.completed","response":{{Response("""{"type":"function_call","id":"fc","call_id":"call_1","name":"f","arguments":"{\"a\":1}"}""", "completed")}}}""",
        ], IsStream: true),
        new("typed error with status", ["""{"type":"error","status":429,"headers":{},"error":{"code":"subscription:free-usage-exhausted","message":"Free usage quota exceeded."}}"""], IsStream: true),
        new("flat error event", ["""{"type":"error","code":"server_error","message":"It broke.","param":null,"sequence_number":0}"""], IsStream: true),
        new("error in an error", ["""{"error":{"message":"Request validation error: {\"code\":\"400\",\"error\":\"Argument not supported: instructions and previous_response_id together\"}","type":"api_error"}}"""], IsStream: true),
        new("detail", ["""{"detail":"Not found"}"""], IsStream: false) { Status = 404 },
        new("unknown response", ["""{"code":"not-found","error":"Response with id=769f not found"}"""], IsStream: false) { Status = 404 },
        new("blob refused", ["""{"code":"invalid-argument","error":"Could not decrypt the provided encrypted_content."}"""], IsStream: false) { Status = 400 },
        new("wrong key", ["""{"code":"invalid-argument","error":"Incorrect API key provided: xa***st. You can obtain an API key from https://console.x.ai."}"""], IsStream: false) { Status = 400 },
        new("nothing", [""], IsStream: false) { Status = 415 },
    ];

    private static string Response(string output, string status) =>
        $$$$"""{"created_at":1781829888,"completed_at":1781829890,"id":"{{{{Id}}}}","model":"grok-4.6","object":"response","output":[{{{{output}}}}],"parallel_tool_calls":true,"reasoning":{"effort":"low","summary":"detailed"},"tool_choice":"auto","tools":[{"type":"x_search","allowed_x_handles":["xai"]},{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}],"usage":{{{{Usage}}}},"incomplete_details":null,"status":"{{{{status}}}}","store":true,"metadata":{"system_fingerprint":"fp_0"},"service_tier":"default","error":null,"instructions":null}""";
}
