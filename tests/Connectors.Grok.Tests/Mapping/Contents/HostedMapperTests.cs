using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

/// <summary>Items of hosted tools become hosted contents, streamed or not, and are sent back unchanged.</summary>
public class HostedMapperTests
{
    private const string Web = """{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"xai","sources":[{"type":"url","url":"https://x.ai/"}]}}""";
    private const string Open = """{"type":"web_search_call","id":"ws_2","status":"completed","action":{"type":"open_page","url":"https://x.ai/company"}}""";
    private const string Find = """{"type":"web_search_call","id":"ws_3","action":{"type":"find","pattern":"p","source":{"type":"url","url":"https://x.ai/a"}}}""";
    private const string FindInPage = """{"type":"web_search_call","id":"ws_5","status":"completed","action":{"type":"find_in_page","url":"https://x.ai/b","pattern":"p"}}""";
    private const string Failed = """{"type":"image_generation_call","id":"ig_2","status":"failed","prompt":"a dot"}""";
    private const string Run = """{"type":"code_interpreter_call","id":"ci_3","status":"completed","code":"print(1)","outputs":[{"type":"logs","logs":"{\"stdout\":\"1\\n\",\"stderr\":\"\",\"exit_code\":0}"}]}""";
    private const string Crash = """{"type":"code_interpreter_call","id":"ci_4","status":"completed","code":"1/0","outputs":[{"type":"logs","logs":"{\"stdout\":\"\",\"stderr\":\"ZeroDivisionError\",\"exit_code\":1}"}]}""";
    private const string Search = """{"type":"tool_search_call","id":"tsc_1","status":"completed","execution":"server","arguments":{"query":"weather","limit":1}}""";
    private const string Loaded = """{"type":"tool_search_output","id":"tso_1","status":"completed","execution":"server","tools":[{"type":"function","name":"get_weather","description":"d","parameters":{"type":"object","properties":{}},"defer_loading":true},{"type":"mcp","server_url":"https://mcp.example/","server_label":"docs","future":1}]}""";
    private const string Bare = """{"type":"web_search_call","id":"ws_4","status":"completed"}""";
    private const string X = """{"type":"custom_tool_call","id":"ctc_1","status":"completed","call_id":"xs_1","name":"x_keyword_search","input":"{\"query\":\"grok\"}"}""";
    private const string OldX = """{"type":"x_search_call","id":"fc_1","status":"completed","name":"x_semantic_search","arguments":"{}"}""";
    private const string Code = """{"type":"code_interpreter_call","id":"ci_1","status":"completed","code":"print(1)","outputs":[{"type":"logs","logs":"1\n"},{"type":"image","url":"https://x.ai/i.png"},{"type":"file"}]}""";
    private const string OldCode = """{"type":"code_execution_call","id":"ci_2","status":"completed"}""";
    private const string Files = """{"type":"file_search_call","id":"fs_1","status":"completed","queries":["a","b"],"results":[{"file_id":"f","filename":"n","score":0.5,"text":"t"}]}""";
    private const string OddFiles = """{"type":"file_search_call","id":"fs_2","status":"completed","results":[{"file_id":"f","score":1.5e999}]}""";
    private const string Mcp = """{"type":"mcp_call","id":"mcp_1","status":"completed","server_label":"docs","name":"find","arguments":"{\"q\":1}","output":"found"}""";
    private const string BadMcp = """{"type":"mcp_call","id":"mcp_2","status":"completed","server_label":"docs","name":"find","arguments":"","output":"","error":"down"}""";
    private const string Image = """{"type":"image_generation_call","id":"ig_1","status":"completed","prompt":"a dot","result":"IMAGE"}""";
    private const string Compaction = """{"type":"compaction","id":"cmp_1","encrypted_content":"a+/b"}""";
    private const string Unknown = """{"type":"hologram","id":"h_1","x":[1]}""";

    private static string Filled(string item) => item.Replace("IMAGE", Convert.ToBase64String(Some.Png), StringComparison.Ordinal);

    public static TheoryData<string, string> Items => new()
    {
        { Web, "WebSearchToolCallContent(xai) WebSearchToolResultContent(https://x.ai/)" },
        { Open, "WebSearchToolCallContent() WebSearchToolResultContent(https://x.ai/company)" },
        { Find, "WebSearchToolCallContent() WebSearchToolResultContent(https://x.ai/a)" },
        { FindInPage, "WebSearchToolCallContent() WebSearchToolResultContent(https://x.ai/b)" },
        { Failed, "ImageGenerationToolCallContent() ImageGenerationToolResultContent()" },
        { Run, "CodeInterpreterToolCallContent(print(1)) CodeInterpreterToolResultContent(1\n)" },
        { Crash, "CodeInterpreterToolCallContent(1/0) CodeInterpreterToolResultContent(error ZeroDivisionError)" },
        { Search, """ToolCallContent(tool_search {"query":"weather","limit":1})""" },
        { Loaded, "ToolResultContent()" },
        { X, """ToolCallContent(x_keyword_search {"query":"grok"}) ToolResultContent()""" },
        { OldX, "ToolCallContent(x_semantic_search {}) ToolResultContent()" },
        { Code, "CodeInterpreterToolCallContent(print(1)) CodeInterpreterToolResultContent(1\n,https://x.ai/i.png)" },
        { OldCode, "CodeInterpreterToolCallContent() CodeInterpreterToolResultContent()" },
        { Files, "ToolCallContent(file_search_call a\nb) ToolResultContent()" },
        { OddFiles, "AIContent" },
        { Mcp, "McpServerToolCallContent(docs.find q=1) McpServerToolResultContent(found)" },
        { BadMcp, "McpServerToolCallContent(docs.find ) McpServerToolResultContent(error down)" },
        { Image, "ImageGenerationToolCallContent() ImageGenerationToolResultContent(image/png 70)" },
        { Compaction, "AIContent" },
        { Unknown, "AIContent" },
    };

    [Theory]
    [MemberData(nameof(Items))]
    public async Task Hosted_item_becomes_contents_and_is_sent_back_unchanged(string item, string contents)
    {
        item = Filled(item);
        var output = $"{item},{Some.Message("Done")}";
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        ChatMessage[] answers =
        [
            (await client.Whole(handler.Json(Some.Answer(output)))).Messages[0],
            (await client.Streamed(handler.Sse(Some.Created, Some.Added(0, item), Some.Done(0, item), Some.TextDelta("Done", 1), Some.Done(1, Some.Message("Done")), Some.Completed(output)))).Messages[0],
            (await client.Streamed(handler.Sse(Some.Created, Some.Completed(output)))).Messages[0],
        ];
        foreach (var answer in answers.SelectMany(static a => (ChatMessage[])[a, ThroughJson(a)]))
        {
            Assert.Equal(contents + " text", string.Join(' ', answer.Contents.Select(Describe)));
            Assert.DoesNotContain(answer.Contents, static c => c is FunctionCallContent);

            handler.Json(Some.Answer(Some.Message("ok")));
            await client.GetResponseAsync([answer, new(ChatRole.User, "go on")]);
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(item), handler.LastJson["input"]![0]), handler.LastBody);
            Assert.Equal(3, handler.LastJson["input"]!.AsArray().Count);
        }

        Assert.Single(handler.Requests.Skip(3).Select(static r => r.Body).Distinct());
    }

    [Fact]
    public async Task Hosted_items_that_ran_in_parallel_are_emitted_in_output_order()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var output = string.Join(',', Web, X, Mcp, Some.Message("Done"));
        var streamed = await client.Streamed(handler.Sse(
            Some.Created, Some.Added(0, Web), Some.Added(1, X), Some.Added(2, Mcp), Some.Done(2, Mcp), Some.Done(0, Web), Some.Done(1, X), Some.TextDelta("Done", 3), Some.Done(3, Some.Message("Done")), Some.Completed(output)));
        var whole = await client.Whole(handler.Json(Some.Answer(output)));
        Assert.Equal(whole.Messages[0].Contents.Select(Describe), streamed.Messages[0].Contents.Select(Describe));
    }

    [Fact]
    public async Task Hosted_item_that_the_service_would_reject_is_dropped_and_logged()
    {
        var log = new ListLogger();
        var handler = new StubHandler();
        using var client = Some.Client(handler, o => (o.Store, o.LoggerFactory) = (false, log));
        var answer = (await client.Whole(handler.Json(Some.Answer($"{Bare},{Some.Message("Done")}")))).Messages[0];
        Assert.Equal("WebSearchToolCallContent() WebSearchToolResultContent() text", string.Join(' ', answer.Contents.Select(Describe)));
        handler.Json(Some.Answer(Some.Message("ok")));
        await client.GetResponseAsync([answer, new(ChatRole.User, "go on")]);
        Assert.Equal(2, handler.LastJson["input"]!.AsArray().Count);
        Assert.Contains("without its action", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosted_item_with_malformed_saved_JSON_is_dropped_and_logged()
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => (o.LoggerFactory, o.DropUnsupportedContent) = (log, true));
        await client.GetResponseAsync(
        [
            new(ChatRole.Assistant, [new WebSearchToolCallContent("w"), new WebSearchToolResultContent("w") { AdditionalProperties = new() { [GrokKeys.Content.Item] = "{" } }, new TextContent("a")]),
            new(ChatRole.User, "b"),
        ]);
        Assert.Equal(2, handler.LastJson["input"]!.AsArray().Count);
        Assert.Equal(["WebSearchToolCallContent", "WebSearchToolResultContent"], log.Lines.Select(static l => l.Split(' ').Single(static w => w.StartsWith("WebSearch", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("not base64!")]
    [InlineData("")]
    public async Task Generated_image_with_invalid_base64_adds_no_output(string result)
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(Image.Replace("IMAGE", result, StringComparison.Ordinal))));
        var contents = (await client.GetResponseAsync("q")).Messages[0].Contents;
        Assert.Empty(Assert.IsType<ImageGenerationToolResultContent>(contents[1]).Outputs!);
    }

    [Fact]
    public async Task Generated_image_may_be_a_data_URI()
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(Image.Replace("IMAGE", "data:image/jpeg;base64,/9j/AA==", StringComparison.Ordinal))));
        var contents = (await client.GetResponseAsync("q")).Messages[0].Contents;
        Assert.Equal("image/jpeg", Assert.IsType<DataContent>(Assert.Single(Assert.IsType<ImageGenerationToolResultContent>(contents[1]).Outputs!)).MediaType);
    }

    [Theory]
    [InlineData("https://x.ai/i.png", "UriContent https://x.ai/i.png")]
    [InlineData("http://x.ai/i.png", "UriContent http://x.ai/i.png")]
    [InlineData("file:///i.png", null)]
    public async Task Image_result_given_as_a_URL_becomes_UriContent(string result, string? output)
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(Image.Replace("IMAGE", result, StringComparison.Ordinal))));
        var contents = (await client.GetResponseAsync("q")).Messages[0].Contents;
        Assert.Equal(output, Assert.IsType<ImageGenerationToolResultContent>(contents[1]).Outputs!.Select(static o => $"{o.GetType().Name} {Brief(o)}").SingleOrDefault());
    }

    [Fact]
    public async Task Image_result_is_kept_once_in_the_form_of_its_output()
    {
        foreach (var (result, isKept) in ((string, bool)[])[(Convert.ToBase64String(Some.Png), false), ("data:image/png;base64," + Convert.ToBase64String(Some.Png), true), ("https://x.ai/i.png", true)])
        {
            using var client = Some.Client(new StubHandler().Json(Some.Answer(Image.Replace("IMAGE", result, StringComparison.Ordinal))));
            var item = (await client.GetResponseAsync("q")).Messages[0].Contents[1].GetItemJson()!;
            Assert.Equal(isKept, item.Contains(result, StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("ws_1", "ws_1")]
    [InlineData(null, "web_search_call")]
    [InlineData("", "web_search_call")]
    [InlineData(" ", "web_search_call")]
    public void Hosted_item_without_an_id_uses_its_type_as_call_id(string? id, string callId)
    {
        var contents = HostedMapper.ToContents(new WebSearchCallItem { Id = id }).ToList();
        Assert.Equal((callId, callId), (Assert.IsType<WebSearchToolCallContent>(contents[0]).CallId, Assert.IsType<WebSearchToolResultContent>(contents[1]).CallId));
    }

    [Theory]
    [InlineData("find", "find")]
    [InlineData(null, "mcp_call")]
    [InlineData(" ", "mcp_call")]
    public void Mcp_call_without_a_name_uses_its_type(string? name, string called) =>
        Assert.Equal(called, Assert.IsType<McpServerToolCallContent>(HostedMapper.ToContents(new McpCallItem { Id = "m", Name = name }).First()).Name);

    [Fact]
    public void Web_search_sources_come_before_searched_and_opened_pages()
    {
        var search = JsonSerializer.Deserialize(
            """{"type":"web_search_call","id":"w","action":{"sources":[{"url":"https://x.ai/1"},{"url":"nowhere"},{"url":"https://x.ai/2"}],"source":{"url":"https://x.ai/3"},"url":"https://x.ai/4"}}""",
            WireJson.Context.ResponseItem)!;
        Assert.Equal("WebSearchToolResultContent(https://x.ai/1,https://x.ai/2,https://x.ai/3,https://x.ai/4)", Describe(HostedMapper.ToContents(search).Last()));
    }

    private static string Describe(AIContent content) => content switch
    {
        WebSearchToolCallContent c => $"{c.GetType().Name}({string.Join(',', c.Queries ?? [])})",
        WebSearchToolResultContent c => $"{c.GetType().Name}({string.Join(',', c.Outputs!.Select(Brief))})",
        CodeInterpreterToolCallContent c => $"{c.GetType().Name}({string.Join(',', (c.Inputs ?? []).Select(static i => System.Text.Encoding.UTF8.GetString(((DataContent)i).Data.Span)))})",
        CodeInterpreterToolResultContent c => $"{c.GetType().Name}({string.Join(',', c.Outputs!.Select(Brief))})",
        McpServerToolCallContent c => $"{c.GetType().Name}({c.ServerName}.{c.Name} {string.Join(',', (c.Arguments ?? new Dictionary<string, object?>()).Select(static a => $"{a.Key}={a.Value}"))})",
        McpServerToolResultContent c => $"{c.GetType().Name}({string.Join(',', c.Outputs!.Select(Brief))})",
        ImageGenerationToolCallContent c => $"{c.GetType().Name}()",
        ImageGenerationToolResultContent c => $"{c.GetType().Name}({string.Join(',', c.Outputs!.Select(Brief))})",
        ToolCallContent c => $"{c.GetType().Name}({c.AdditionalProperties![GrokKeys.Content.ToolName]} {c.AdditionalProperties[GrokKeys.Content.ToolInput]})",
        ToolResultContent c => $"{c.GetType().Name}()",
        TextContent => "text",
        _ => content.GetType().Name,
    };

    private static string Brief(AIContent content) => content switch
    {
        UriContent u => u.Uri.AbsoluteUri,
        TextContent t => t.Text,
        ErrorContent e => "error " + e.Message,
        DataContent d => $"{d.MediaType} {d.Data.Length}",
        _ => content.GetType().Name,
    };

    private static ChatMessage ThroughJson(ChatMessage message)
    {
        var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));
        return (ChatMessage)JsonSerializer.Deserialize(JsonSerializer.Serialize(message, type), type)!;
    }
}
