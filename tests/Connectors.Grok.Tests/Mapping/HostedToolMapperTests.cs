using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping;

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
        { new GrokXSearchTool(), """{"type":"x_search"}""" },
        {
            new GrokXSearchTool { AllowedHandles = ["@xai", "grok"], From = new(2026, 1, 1), To = new(2026, 2, 1), UnderstandImages = true, UnderstandVideos = false },
            """{"type":"x_search","allowed_x_handles":["xai","grok"],"from_date":"2026-01-01","to_date":"2026-02-01","enable_image_understanding":true,"enable_video_understanding":false}"""
        },
        { new GrokXSearchTool { ExcludedHandles = ["@x"] }, """{"type":"x_search","excluded_x_handles":["x"]}""" },
        { new HostedCodeInterpreterTool(), """{"type":"code_interpreter"}""" },
        { new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("collection_1")], MaximumResultCount = 3 }, """{"type":"file_search","vector_store_ids":["collection_1"],"max_num_results":3}""" },
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
    public async Task A_hosted_tool_is_asked_for_in_the_services_words(AITool tool, string wire)
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

    public static TheoryData<AITool, string> Refused => new()
    {
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = "a", ["excluded_domains"] = "b" }), "both" },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["allowed_domains"] = (string[])["1", "2", "3", "4", "5", "6"] }), "more than 5" },
        { new GrokXSearchTool { AllowedHandles = ["a"], ExcludedHandles = ["b"] }, "both" },
        { new GrokXSearchTool { ExcludedHandles = [.. Enumerable.Range(0, 21).Select(static i => $"{i}")] }, "ExcludedHandles" },
        { new GrokXSearchTool { From = new(2026, 2, 1), To = new(2026, 1, 1) }, "after" },
        { new HostedFileSearchTool(), "1 to 10" },
        { new HostedCodeInterpreterTool { Inputs = [new HostedFileContent("f")] }, "message" },
        { new HostedMcpServerTool("docs", "connector_dropbox"), "address" },
        { new HostedMcpServerTool("docs", "https://mcp.example/") { ApprovalMode = HostedMcpServerToolApprovalMode.AlwaysRequire }, "approval" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_the_service_would_refuse_or_run_unasked_is_an_error_before_it_is_sent(AITool tool, string words)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        Assert.Contains(words, (await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [tool] }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_of_an_unknown_kind_is_an_error_and_not_a_silence()
    {
        using var client = Some.Client(new StubHandler());
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [new StrangeTool()] }));
    }

    [Fact]
    public void A_tool_of_the_wire_keeps_its_name_and_can_be_had_back()
    {
        var function = new FunctionTool { Name = "f" };
        Assert.Equal("f", function.AsAITool().Name);
        Assert.Equal("web_search", new WebSearchTool().AsAITool().Name);
        Assert.Same(function, function.AsAITool().GetService<ResponseTool>());
        Assert.Null(function.AsAITool().GetService<ResponseTool>("key"));
    }

    private sealed class StrangeTool : AITool;
}
