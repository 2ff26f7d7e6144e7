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
            """{"type":"mcp","server_url":"https://mcp.example/","server_label":"docs","server_description":"d","allowed_tools":["a"],"authorization":"t","headers":{"X-A":"b"}}"""
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

    public static TheoryData<AITool, string> Settings => new()
    {
        {
            new HostedWebSearchTool(new Dictionary<string, object?> { ["user_location"] = new Dictionary<string, object?> { ["type"] = "approximate", ["country"] = "NO" } }),
            """{"type":"web_search","user_location":{"type":"approximate","country":"NO"}}"""
        },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["search_context_size"] = "high" }), """{"type":"web_search","search_context_size":"high"}""" },
        { new HostedMcpServerTool("docs", "https://mcp.example/") { Headers = new Dictionary<string, string> { ["Authorization"] = "Basic dTpw" } }, """{"type":"mcp","server_url":"https://mcp.example/","server_label":"docs","authorization":"Basic dTpw"}""" },
        { new HostedWebSearchTool(new Dictionary<string, object?> { ["filters"] = JsonDocument.Parse("""{"allowed_domains":["x.ai"]}""").RootElement }), """{"type":"web_search","allowed_domains":["x.ai"]}""" },
        {
            new HostedWebSearchTool(new Dictionary<string, object?> { ["excluded_domains"] = "a.com", ["filters"] = JsonDocument.Parse("""{"excluded_domains":["x.ai"]}""").RootElement }),
            """{"type":"web_search","excluded_domains":["a.com"]}"""
        },
    };

    [Theory]
    [MemberData(nameof(Settings))]
    public async Task Setting_of_a_hosted_tool_is_sent(AITool tool, string wire)
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => o.LoggerFactory = log);
        await client.GetResponseAsync("q", new ChatOptions { Tools = [tool] });
        Assert.Equal(wire, handler.LastJson["tools"]![0]!.ToJsonString());
        Assert.Empty(log.Lines);
    }

    private static Dictionary<string, object?> One(string key, object? value = null) => new() { [key] = value ?? "x" };

    public static TheoryData<AITool, string> Dropped => new()
    {
        { new HostedWebSearchTool(One("external_web_access")), "the setting 'external_web_access' of the tool 'web_search'" },
        { new HostedWebSearchTool(One("filters", JsonDocument.Parse("""{"after":"2026"}""").RootElement)), "the setting 'filters.after' of the tool 'web_search'" },
        { new HostedCodeInterpreterTool(One("container")), "the setting 'container' of the tool 'code_interpreter'" },
        { new HostedFileSearchTool(One("ranking_options")) { Inputs = [new HostedVectorStoreContent("s")] }, "the setting 'ranking_options' of the tool 'file_search'" },
        { new HostedFileSearchTool { Inputs = [new HostedVectorStoreContent("s"), new HostedFileContent("f")] }, "a HostedFileContent among the inputs of a HostedFileSearchTool, which searches collections" },
        { new HostedMcpServerTool("docs", "https://mcp.example/", One("connector_id")), "the setting 'connector_id' of the tool 'mcp'" },
        { new HostedImageGenerationTool(One("quality")), "the setting 'quality' of the tool 'image_generation'" },
        { new HostedImageGenerationTool { Options = new() { Count = 2 } }, "HostedImageGenerationTool.Options.Count" },
        { new HostedImageGenerationTool { Options = new() { ImageSize = new(1, 1) } }, "HostedImageGenerationTool.Options.ImageSize" },
        { new HostedImageGenerationTool { Options = new() { MediaType = "image/png" } }, "HostedImageGenerationTool.Options.MediaType" },
        { new HostedImageGenerationTool { Options = new() { ModelId = "m" } }, "HostedImageGenerationTool.Options.ModelId" },
        { new HostedImageGenerationTool { Options = new() { ResponseFormat = ImageGenerationResponseFormat.Data } }, "HostedImageGenerationTool.Options.ResponseFormat" },
        { new HostedImageGenerationTool { Options = new() { StreamingCount = 1 } }, "HostedImageGenerationTool.Options.StreamingCount" },
        { new HostedImageGenerationTool { Options = new() { RawRepresentationFactory = static _ => "x" } }, "HostedImageGenerationTool.Options.RawRepresentationFactory" },
        { new HostedImageGenerationTool { Options = new() { AdditionalProperties = new() { ["a"] = 1 } } }, "HostedImageGenerationTool.Options.AdditionalProperties" },
        { new WithProperties(One("colour")), "the setting 'colour' of a function" },
    };

    [Theory]
    [MemberData(nameof(Dropped))]
    public async Task Setting_of_a_tool_that_xAI_does_not_support_is_logged_once_or_refused_with_strict_options(AITool tool, string words)
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok"))).Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => o.LoggerFactory = log);
        await client.GetResponseAsync("q", new ChatOptions { Tools = [tool] });
        await client.GetResponseAsync("q", new ChatOptions { Tools = [tool] });
        Assert.Equal($"Dropped {words}: xAI's Responses API does not support it. Logged once per client.", Assert.Single(log.Lines));
        var e = await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [tool] }.WithStrictOptions()));
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
        Assert.Equal(2, handler.Requests.Count);
    }

    [Theory]
    [InlineData("Strict", false)]
    [InlineData("strict", true)]
    [InlineData("strictJsonSchema", true)]
    public async Task Strict_of_a_function_is_sent_under_the_names_other_libraries_use(string key, bool strict)
    {
        var log = new ListLogger();
        var handler = new StubHandler().Json(Some.Answer(Some.Message("ok")));
        using var client = Some.Client(handler, o => o.LoggerFactory = log);
        await client.GetResponseAsync("q", new ChatOptions { Tools = [new WithProperties(One(key, strict))] });
        Assert.Equal(strict, (bool?)handler.LastJson["tools"]![0]!["strict"]);
        Assert.Empty(log.Lines);
    }

    public static TheoryData<AITool, string> Unreadable => new()
    {
        { new HostedWebSearchTool(One("enable_image_search", "maybe")), "web_search.enable_image_search" },
        { new HostedWebSearchTool(One("allowed_domains", 7)), "web_search.allowed_domains" },
        { new HostedWebSearchTool(One("user_location", "Oslo")), "web_search.user_location" },
        { new HostedImageGenerationTool(One("action", Array.Empty<int>())), "image_generation.action" },
    };

    [Theory]
    [MemberData(nameof(Unreadable))]
    public async Task Unreadable_setting_of_a_hosted_tool_throws_with_its_name(AITool tool, string name)
    {
        using var client = Some.Client(new StubHandler());
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", new ChatOptions { Tools = [tool] }));
        Assert.Contains($"AdditionalProperties[\"{name}\"]", e.Message, StringComparison.Ordinal);
    }

    private sealed class WithProperties(IReadOnlyDictionary<string, object?> properties) : AIFunctionDeclaration
    {
        public override string Name => "f";

        public override IReadOnlyDictionary<string, object?> AdditionalProperties => properties;
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
