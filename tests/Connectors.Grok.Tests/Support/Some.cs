using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Support;

/// <summary>The usual clients, answers and streams of these tests.</summary>
internal static class Some
{
    public const string Id = "769f3302-64f9-4c72-2b48-860c87fd9b2a";
    public const string Blob = "bm90IHBhZGRlZCA+Lz8+Lw+/AAAA";

    public static readonly Uri Endpoint = new("http://127.0.0.1:1/v1");

    /// <summary>A client over a handler; without recovery, which would send requests that the handler has no reply for.</summary>
    public static GrokChatClient Client(StubHandler handler, Action<GrokChatClientOptions>? configure = null)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Endpoint, RecoveryTimeout = TimeSpan.Zero };
        configure?.Invoke(options);
        return new GrokChatClient(options, new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan });
    }

    /// <summary>The settings of a client.</summary>
    public static GrokSettings Settings(Action<GrokChatClientOptions>? configure = null)
    {
        var options = new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Endpoint };
        configure?.Invoke(options);
        return GrokSettings.From(options);
    }

    /// <summary>A finished answer with these output items.</summary>
    public static string Answer(string output, string status = "completed", string? more = null) =>
        $$"""
        {"created_at":1781829888,"completed_at":1781829890,"id":"{{Id}}","model":"grok-4.7","object":"response","output":[{{output}}],"status":"{{status}}","store":true,
         "usage":{"input_tokens":216,"input_tokens_details":{"cached_tokens":192},"output_tokens":831,"output_tokens_details":{"reasoning_tokens":253},"total_tokens":1047,"num_sources_used":0,"num_server_side_tools_used":0,"cost_in_usd_ticks":3244000}{{(more is null ? "" : "," + more)}} }
        """.ReplaceLineEndings("");

    public static string Message(string text, string annotations = "[]") =>
        $$"""{"content":[{"type":"output_text","text":"{{text}}","logprobs":[],"annotations":{{annotations}}}],"id":"msg_{{Id}}","role":"assistant","type":"message","status":"completed"}""";

    /// <summary>A secret of an application.</summary>
    public static byte[] HistoryKey => [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    public static string Reasoning(string summary, string? blob = Blob) =>
        $$"""{"id":"rs_{{Id}}","summary":[{{summary}}],"type":"reasoning"{{(blob is null ? "" : $",\"encrypted_content\":\"{blob}\"")}},"status":"completed"}""";

    public static string Summary(string text) => $$"""{"text":"{{text}}","type":"summary_text"}""";

    public static string Call(string name, string arguments, string callId = "call_1", string status = "completed") =>
        $$"""{"type":"function_call","id":"fc_{{Id}}_0","call_id":"{{callId}}","name":"{{name}}","arguments":{{System.Text.Json.Nodes.JsonValue.Create(arguments)!.ToJsonString()}},"status":"{{status}}"}""";

    public static string Created => $$"""{"sequence_number":0,"type":"response.created","response":{"created_at":1781829888,"id":"{{Id}}","model":"grok-4.7","object":"response","output":[],"status":"in_progress","store":true,"usage":null},"x":0}""";

    public static string Completed(string output, string status = "completed", string? more = null) =>
        $$"""{"sequence_number":99,"response":{{Answer(output, status, more)}},"type":"response.{{status}}"}""";

    public static string TextDelta(string text, int item = 0, int part = 0) =>
        $$"""{"sequence_number":5,"type":"response.output_text.delta","item_id":"msg_{{Id}}","output_index":{{item}},"content_index":{{part}},"delta":"{{text}}","logprobs":[]}""";

    public static string SummaryDelta(string text, int item = 0, int part = 0) =>
        $$"""{"sequence_number":5,"type":"response.reasoning_summary_text.delta","item_id":"rs_{{Id}}","output_index":{{item}},"summary_index":{{part}},"delta":"{{text}}"}""";

    public static string ThoughtDelta(string text, int item = 0) =>
        $$"""{"sequence_number":5,"type":"response.reasoning_text.delta","item_id":"rs_{{Id}}","output_index":{{item}},"content_index":0,"delta":"{{text}}"}""";

    public static string Added(int index, string item) => $$"""{"sequence_number":4,"type":"response.output_item.added","item":{{item}},"output_index":{{index}}}""";

    public static string Done(int index, string item) => $$"""{"sequence_number":6,"type":"response.output_item.done","item":{{item}},"output_index":{{index}}}""";

    public static async Task<List<T>> ToListAsync<T>(this IAsyncEnumerable<T> source)
    {
        var list = new List<T>();
        await foreach (var item in source)
        {
            list.Add(item);
        }

        return list;
    }

    /// <summary>A PDF with one line of text, which is not compressed.</summary>
    public static byte[] Pdf(string text) =>
        System.Text.Encoding.ASCII.GetBytes($"%PDF-1.4\n1 0 obj\n<< /Length {text.Length + 20} >>\nstream\nBT /F1 12 Tf ({text}) Tj ET\nendstream\nendobj\n%%EOF\n");

    public static ChatMessage User(params AIContent[] contents) => new(ChatRole.User, contents);

    /// <summary>The shortest PNG there is: one pixel.</summary>
    public static byte[] Png => Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");
}

internal static class Asking
{
    /// <summary>Asks, and coalesces the answer if it is streamed.</summary>
    public static Task<ChatResponse> Ask(this IChatClient client, bool stream, IEnumerable<ChatMessage> messages, ChatOptions? options = null) =>
        stream ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options);

    /// <summary>Asks something, and coalesces the stream.</summary>
    public static Task<ChatResponse> Streamed(this IChatClient client, StubHandler handler)
    {
        _ = handler;
        return client.GetStreamingResponseAsync("q").ToChatResponseAsync();
    }

    /// <summary>Asks something, not streamed.</summary>
    public static Task<ChatResponse> Whole(this IChatClient client, StubHandler handler)
    {
        _ = handler;
        return client.GetResponseAsync("q");
    }
}
