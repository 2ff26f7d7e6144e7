using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

/// <summary>Ids of calls that came without one, and results of functions that are files, streams or nothing.</summary>
public class FunctionOutputTests
{
    private readonly StubHandler _handler = new();

    private async Task<string> Output(object? result)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("c", result)])], new ChatOptions { ConversationId = "r-1" });
        return JsonDocument.Parse(_handler.LastBody).RootElement.GetProperty("input")[0].GetProperty("output").GetRawText();
    }

    private static string Nameless(string arguments, string more = "") => $$"""{"type":"function_call",{{more}}"name":"f","arguments":{{System.Text.Json.Nodes.JsonValue.Create(arguments).ToJsonString()}},"status":"completed"}""";

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "")]
    [InlineData(false, "\"id\":\"fc_1\",")]
    [InlineData(true, "\"id\":\"fc_1\",")]
    [InlineData(true, "\"call_id\":\"\",")]
    public async Task Two_calls_without_ids_get_distinct_ids_and_their_results_go_to_the_right_one(bool stream, string more)
    {
        var (one, two, three) = (Nameless("""{"a":1}""", more), Nameless("""{"a":2}""", more), Nameless("""{"a":2}""", more));
        var output = $"{one},{two},{three}";
        using var client = Some.Client(stream
            ? _handler.Sse(Some.Created, Some.Done(0, one), Some.Done(1, two), Some.Done(2, three), Some.Completed(output))
            : _handler.Json(Some.Answer(output)));
        var answer = await client.Ask(stream, [new(ChatRole.User, "q")]);
        var calls = answer.Messages[0].Contents.OfType<FunctionCallContent>().ToList();
        Assert.Equal(["1", "2", "2"], calls.Select(static c => c.Arguments!["a"]!.ToString()));
        Assert.Equal(3, calls.Select(static c => c.CallId).Distinct().Count());
        Assert.Equal(more.Contains("fc_1", StringComparison.Ordinal) ? "fc_1" : "call_f", calls[0].CallId);

        _handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([new(ChatRole.User, "q"), .. answer.Messages, new(ChatRole.Tool, [.. calls.Select(static (c, i) => new FunctionResultContent(c.CallId, $"r{i}")).Reverse()])]);
        var items = _handler.LastJson["input"]!.AsArray().Skip(1).ToList();
        Assert.Equal([.. calls.Select(static c => c.CallId), .. calls.Select(static c => c.CallId)], items.Select(static i => (string)i!["call_id"]!));
        Assert.Equal(["r0", "r1", "r2"], items.Skip(3).Select(static i => (string?)i!["output"]));
    }

    [Fact]
    public async Task Call_without_an_id_does_not_take_the_id_of_another_call()
    {
        using var client = Some.Client(_handler.Json(Some.Answer($"{Some.Call("g", "{}", "call_f")},{Nameless("{}")}")));
        Assert.Equal(["call_f", "call_f_1"], (await client.GetResponseAsync("q")).Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => c.CallId));
    }

    private static DataContent Pdf => new("x"u8.ToArray(), "application/pdf") { Name = "a.pdf" };

    private const string PdfPart = """{"type":"input_file","file_data":"eA==","filename":"a.pdf","mime_type":"application/pdf"}""";

    public static TheoryData<object?, string> Outputs => new()
    {
        { Array.Empty<AIContent>(), "\"[]\"" },
        { new List<AIContent>(), "\"[]\"" },
        { Array.Empty<string>(), "\"[]\"" },
        { JsonDocument.Parse("[]").RootElement, "\"[]\"" },
        // The service rejects empty parts.
        { new TextContent(""), "\"\"" },
        { new AIContent[] { new TextContent(""), new TextContent(null) }, "\"\"" },
        { new AIContent[] { new TextContent(""), new TextContent("t") }, """[{"type":"input_text","text":"t"}]""" },
        { JsonDocument.Parse("""[{"$type":"text","text":""}]""").RootElement, "\"\"" },
        // Files are file parts, also after JSON.
        { Pdf, $"[{PdfPart}]" },
        { new AIContent[] { new TextContent("t"), Pdf }, $$"""[{"type":"input_text","text":"t"},{{PdfPart}}]""" },
        { JsonDocument.Parse("""{"$type":"data","uri":"data:application/pdf;base64,eA==","name":"a.pdf"}""").RootElement, $"[{PdfPart}]" },
        { JsonDocument.Parse("""[{"$type":"data","uri":"data:application/pdf;base64,eA==","name":"a.pdf"},{"$type":"hostedFile","fileId":"file_1"}]""").RootElement, $$"""[{{PdfPart}},{"type":"input_file","file_id":"file_1"}]""" },
        { new UriContent("https://x.ai/a.pdf", "application/pdf"), """[{"type":"input_file","file_url":"https://x.ai/a.pdf"}]""" },
        { new HostedFileContent("file_1"), """[{"type":"input_file","file_id":"file_1"}]""" },
    };

    private static string PngPart => $$"""{"type":"input_image","image_url":"data:image/png;base64,{{Convert.ToBase64String(Some.Png)}}"}""";

    private static string McpImage => $$"""{"type":"image","data":"{{Convert.ToBase64String(Some.Png)}}","mimeType":"image/png"}""";

    /// <summary>Results of MCP tools in the JSON form of the protocol, and the output that is sent.</summary>
    public static TheoryData<string, string> McpResults => new()
    {
        { $$$"""{"content":[{"type":"text","text":"t"},{{{McpImage}}}],"isError":true,"_meta":{"m":1},"resultType":"complete"}""", $$$"""[{"type":"input_text","text":"t"},{{{PngPart}}},{"type":"input_text","text":"{\"isError\":true}"}]""" },
        { $$$"""{"content":[{{{McpImage}}}],"structuredContent":{"a":1},"isError":false}""", $$$"""[{{{PngPart}}},{"type":"input_text","text":"{\"structuredContent\":{\"a\":1}}"}]""" },
        { """{"content":[{"type":"resource","resource":{"uri":"u","text":"# A"}},{"type":"resource","resource":{"uri":"u","mimeType":"application/pdf","blob":"eA=="}}],"_meta":{}}""", """[{"type":"input_text","text":"# A"},{"type":"input_file","file_data":"eA==","filename":"file.pdf","mime_type":"application/pdf"}]""" },
        { $$$"""{"content":[{{{McpImage}}},{"type":"resource_link","uri":"u"},{"type":"resource","resource":{"blob":"eA=="}}],"_meta":{}}""", $$$"""[{{{PngPart}}},{"type":"input_text","text":"{\"type\":\"resource_link\",\"uri\":\"u\"}"},{"type":"input_file","file_data":"eA==","filename":"file.bin","mime_type":"application/octet-stream"}]""" },
    };

    [Theory]
    [MemberData(nameof(McpResults))]
    public async Task Image_or_file_in_the_result_of_an_MCP_tool_is_sent_as_a_part(string result, string sent)
    {
        using var json = JsonDocument.Parse(result);
        Assert.Equal(JsonElement.Parse(sent).ToString(), JsonElement.Parse(await Output(json.RootElement)).ToString());
    }

    [Theory]
    [InlineData("""{"content":[{"type":"text","text":"t"}],"isError":true}""")] // Nothing but text: nothing is gained.
    [InlineData("""{"content":[{"type":"image","data":"eA==","mimeType":"image/png"}],"isError":true}""")] // No image that xAI takes.
    [InlineData("""{"content":[{"type":"image","data":"%","mimeType":"image/png"}]}""")]
    [InlineData("""{"content":[{"type":"image","mimeType":"image/png"}]}""")]
    [InlineData("""{"content":[{"type":"resource","resource":{"blob":"eA==","mimeType":"audio/wav"}}]}""")]
    [InlineData("""{"content":["t"]}""")]
    [InlineData("""{"content":"t"}""")]
    [InlineData("""{"content":[{"type":"image","data":"eA==","mimeType":"image/png"}],"own":1}""")]
    public async Task Other_JSON_that_resembles_the_result_of_an_MCP_tool_is_sent_as_text(string result)
    {
        using var json = JsonDocument.Parse(result);
        Assert.Equal(result, JsonDocument.Parse(await Output(json.RootElement)).RootElement.GetString());
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Result_of_a_function_is_sent_as_text_or_as_parts_the_service_takes(object? result, string sent) => Assert.Equal(sent, await Output(result));

    public static TheoryData<object, string> Unsendable => new()
    {
        { new MemoryStream([1]), "is a stream (MemoryStream), which is not read" },
        { new DataContent("x"u8.ToArray(), "audio/wav"), "holds audio/wav, which xAI does not support" },
        { new AIContent[] { new TextContent("t"), new UriContent("https://x.ai/v", "video/mp4") }, "holds video/mp4, which xAI does not support" },
    };

    [Theory]
    [MemberData(nameof(Unsendable))]
    public async Task Stream_sound_or_film_as_a_result_throws_with_the_id_of_its_call(object result, string words)
    {
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Output(result));
        Assert.StartsWith($"The result of the function call 'c' {words}", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Raw_output_without_parts_is_the_empty_text()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        var raw = new AIContent { RawRepresentation = new FunctionCallOutputItem { CallId = "c", Output = new ToolOutput(null, []) } };
        await client.GetResponseAsync([new(ChatRole.Tool, [raw])], new ChatOptions { ConversationId = "r-1" });
        Assert.Equal("", (string?)_handler.LastJson["input"]![0]!["output"]);
    }
}
