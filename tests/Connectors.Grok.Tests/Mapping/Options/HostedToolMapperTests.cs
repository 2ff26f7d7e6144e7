using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

public class HostedToolMapperTests
{
    public static TheoryData<AITool, string> Tools => new()
    {
        { new HostedWebSearchTool(), """{"type":"web_search"}""" },
        {
            new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = (string[])["x.ai"], ["enable_image_understanding"] = true, ["enable_image_search"] = "false" }),
            """{"type":"web_search","allowed_domains":["x.ai"],"enable_image_understanding":true,"enable_image_search":false}"""
        },
        {
            new HostedWebSearchTool(new Dictionary<string, object?> { ["excluded_domains"] = JsonDocument.Parse("""["a.com","b.com"]""").RootElement, ["allowed_domains"] = "" }),
            """{"type":"web_search","excluded_domains":["a.com","b.com"]}"""
        },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = "one.com" }), """{"type":"web_search","allowed_domains":["one.com"]}""" },
        {
            new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = JsonDocument.Parse("[]").RootElement, ["excluded_domains"] = (string[])["1", "2", "3", "4", "5"] }),
            """{"type":"web_search","excluded_domains":["1","2","3","4","5"]}"""
        },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = (string[])["1", "2", "3", "4", "5"] }), """{"type":"web_search","allowed_domains":["1","2","3","4","5"]}""" },
        { new GrokXSearchTool(), """{"type":"x_search"}""" },
        { new GrokXSearchTool { AllowedHandles = [], ExcludedHandles = [] }, """{"type":"x_search"}""" },
        {
            new GrokXSearchTool { AllowedHandles = ["@xai", "grok"], From = new(2026, 1, 1), To = new(2026, 2, 1), UnderstandImages = true, UnderstandVideos = false },
            """{"type":"x_search","allowed_x_handles":["xai","grok"],"from_date":"2026-01-01","to_date":"2026-02-01","enable_image_understanding":true,"enable_video_understanding":false}"""
        },
        { new GrokXSearchTool { From = new(2026, 1, 1), To = new(2026, 1, 1) }, """{"type":"x_search","from_date":"2026-01-01","to_date":"2026-01-01"}""" },
        { new GrokXSearchTool { ExcludedHandles = ["@x"] }, """{"type":"x_search","excluded_x_handles":["x"]}""" },
        { new HostedCodeInterpreterTool(), """{"type":"code_interpreter"}""" },
        { new HostedCodeInterpreterTool { Inputs = [] }, """{"type":"code_interpreter"}""" },
        { Stores(1), """{"type":"file_search","vector_store_ids":["1"]}""" },
        { Stores(10), """{"type":"file_search","vector_store_ids":["1","2","3","4","5","6","7","8","9","10"]}""" },
        { new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("collection_1")], MaximumResultCount = 3 }, """{"type":"file_search","vector_store_ids":["collection_1"],"max_num_results":3}""" },
        { new HostedMcpServerTool("docs", "http://mcp.example/"), """{"type":"mcp","server_url":"http://mcp.example/","server_label":"docs"}""" },
        { new HostedMcpServerTool("docs", "https://mcp.example/"), """{"type":"mcp","server_url":"https://mcp.example/","server_label":"docs"}""" },
        {
            new HostedMcpServerTool("docs", "https://mcp.example/") { ServerDescription = "d", AllowedTools = ["a"], Headers = new Dictionary<string, string> { ["authorization"] = "Bearer t", ["X-A"] = "b" }, ApprovalMode = HostedMcpServerToolApprovalMode.NeverRequire },
            """{"type":"mcp","server_url":"https://mcp.example/","server_label":"docs","server_description":"d","allowed_tools":["a"],"authorization":"Bearer t","headers":{"X-A":"b"}}"""
        },
        { new HostedImageGenerationTool(), """{"type":"image_generation"}""" },
        { new HostedImageGenerationTool(new Dictionary<string, object?> { ["action"] = "edit" }), """{"type":"image_generation","action":"edit"}""" },
        { new UnknownTool("shell", JsonDocument.Parse("""{"type":"shell","environment":{"type":"local"}}""").RootElement).AsAITool(), """{"type":"shell","environment":{"type":"local"}}""" },
    };

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Hosted_tool_is_sent_in_the_wire_format(AITool tool, string wire)
    {
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler);
        var function = AIFunctionFactory.Create(() => 1, "f");
        await client.GetResponseAsync("q", new ChatOptions { Tools = [function, tool], ToolMode = ChatToolMode.Auto });

        var tools = handler.LastJson["tools"]!.AsArray();
        Assert.Equal(["function", JsonDocument.Parse(wire).RootElement.GetProperty("type").GetString()], tools.Select(static t => (string?)t!["type"]));
        Assert.Equal(wire, tools[1]!.ToJsonString());
        Assert.Equal("auto", (string?)handler.LastJson["tool_choice"]);
    }

    private static HostedFileSearchTool Stores(int count) => new() { Inputs = [.. Enumerable.Range(1, count).Select(static i => new HostedVectorStoreContent($"{i}"))] };

    private static string[] Names(int count) => [.. Enumerable.Range(0, count).Select(static i => $"{i}")];

    public static TheoryData<AITool, string> Refused => new()
    {
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = "a", ["excluded_domains"] = "b" }), "The tool 'web_search' has both allowed_domains and excluded_domains; xAI accepts only one of them." },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = Names(6) }), "The tool 'web_search' has more than 5 entries in allowed_domains." },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["excluded_domains"] = Names(6) }), "The tool 'web_search' has more than 5 entries in excluded_domains." },
        { new GrokXSearchTool { AllowedHandles = ["a"], ExcludedHandles = ["b"] }, "The tool 'x_search' has both AllowedHandles and ExcludedHandles; xAI accepts only one of them." },
        { new GrokXSearchTool { AllowedHandles = Names(21) }, "The tool 'x_search' has more than 20 entries in AllowedHandles." },
        { new GrokXSearchTool { ExcludedHandles = Names(21) }, "The tool 'x_search' has more than 20 entries in ExcludedHandles." },
        { new GrokXSearchTool { From = new(2026, 2, 1), To = new(2026, 1, 1) }, "GrokXSearchTool: From is after To." },
        { new HostedFileSearchTool(), "HostedFileSearchTool.Inputs must hold 1 to 10 HostedVectorStoreContents with the ids of xAI collections; it holds 0." },
        { Stores(11), "HostedFileSearchTool.Inputs must hold 1 to 10 HostedVectorStoreContents with the ids of xAI collections; it holds 11." },
        { new HostedCodeInterpreterTool { Inputs = [new HostedFileContent("f")] }, "HostedCodeInterpreterTool: xAI's sandbox takes no files of its own; put them into a message." },
        { new HostedMcpServerTool("docs", "connector_dropbox"), "HostedMcpServerTool 'docs': its ServerAddress must be an absolute http or https URL. xAI does not support the ids of built-in services." },
        { new HostedMcpServerTool("docs", "ftp://mcp.example/"), "HostedMcpServerTool 'docs': its ServerAddress must be an absolute http or https URL. xAI does not support the ids of built-in services." },
        {
            new HostedMcpServerTool("docs", "https://mcp.example/") { ApprovalMode = HostedMcpServerToolApprovalMode.AlwaysRequire },
            "HostedMcpServerTool 'docs' asks for approval, which xAI does not know: its calls just run. Set HostedMcpServerToolApprovalMode.NeverRequire, or name harmless AllowedTools."
        },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Unsupported_hosted_tool_setting_throws_before_a_request_is_sent(AITool tool, string words)
    {
        using var client = Some.Client(new StubHandler());
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [tool] }));
        Assert.Equal(words + " (Parameter 'tool')", e.Message);
    }

    [Fact]
    public async Task Tool_of_an_unknown_type_throws()
    {
        using var client = Some.Client(new StubHandler());
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [new StrangeTool()] }));
    }

    [Fact]
    public void Wire_tool_keeps_its_name_and_is_returned_by_GetService()
    {
        var function = new FunctionTool { Name = "f" };
        Assert.Equal("f", function.AsAITool().Name);
        Assert.Equal("web_search", new WebSearchTool().AsAITool().Name);
        Assert.Same(function, function.AsAITool().GetService<ResponseTool>());
        Assert.Null(function.AsAITool().GetService<ResponseTool>("key"));
    }

    private sealed class StrangeTool : AITool;
}
