using System.Text.Json.Nodes;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Options;

/// <summary>A <see cref="HostedToolSearchTool"/> defers functions and MCP servers.</summary>
public class DeferredToolsTests
{
    private readonly StubHandler _handler = new();
    private readonly ListLogger _log = new();

    private static AITool[] Offered => [AIFunctionFactory.Create(static () => 1, "f"), AIFunctionFactory.Create(static () => 1, "g"), new HostedMcpServerTool("docs", "https://mcp.example/"), new HostedWebSearchTool()];

    [Fact]
    public async Task Tool_search_defers_every_function_and_MCP_server()
    {
        var tools = await SendAsync([.. Offered, new HostedToolSearchTool()]);
        Assert.Equal(["f=True", "g=True", "docs=True", "web_search=", "tool_search="], tools);
        Assert.Equal("""{"type":"tool_search"}""", _handler.LastJson["tools"]![4]!.ToJsonString());
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Tool_search_defers_the_named_tools_only_and_logs_names_of_no_tool()
    {
        var tools = await SendAsync([new HostedToolSearchTool { DeferredTools = ["g", "docs", "h"] }, .. Offered]);
        Assert.Equal(["tool_search=", "f=", "g=True", "docs=True", "web_search="], tools);
        Assert.Contains("the name 'h' in HostedToolSearchTool.DeferredTools", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_deferred_without_a_tool_search() => Assert.Equal(["f=", "g=", "docs=", "web_search="], await SendAsync(Offered));

    [Fact]
    public async Task Own_setting_of_a_tool_decides_before_the_tool_search()
    {
        var off = new Dictionary<string, object?> { [GrokKeys.Tool.DeferLoading] = false };
        var on = new Dictionary<string, object?> { [GrokKeys.Tool.DeferLoading] = "true" };
        AITool[] offered =
        [
            AIFunctionFactory.Create(static () => 1, new AIFunctionFactoryOptions { Name = "f", AdditionalProperties = off }),
            new HostedMcpServerTool("docs", "https://mcp.example/", off),
        ];
        Assert.Equal(["f=False", "docs=False", "tool_search="], await SendAsync([.. offered, new HostedToolSearchTool()]));
        Assert.Equal(["docs=True"], await SendAsync([new HostedMcpServerTool("docs", "https://mcp.example/", on)]));
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Tool_search_among_the_tools_key_defers_the_functions_there()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync("q", new ChatOptions { AdditionalProperties = new() { ["tools"] = (AITool[])[Offered[0], new HostedToolSearchTool()] } });
        Assert.Equal(["f=True", "tool_search="], Sent());
    }

    [Fact]
    public async Task Execution_is_sent_and_a_namespace_is_logged()
    {
        await SendAsync([new HostedToolSearchTool(new Dictionary<string, object?> { ["execution"] = "server" }) { Namespace = "crm", NamespaceDescription = "d" }]);
        Assert.Equal("""{"type":"tool_search","execution":"server"}""", _handler.LastJson["tools"]![0]!.ToJsonString());
        Assert.Equal(["Namespace", "NamespaceDescription"], _log.Lines.Select(static l => l.Split(':')[0].Split('.')[1]));
    }

    [Fact]
    public async Task Items_of_a_tool_search_carry_the_loaded_definitions_into_the_next_request()
    {
        const string Search = """{"type":"tool_search_call","id":"tsc_1","call_id":null,"arguments":{"query":"f","limit":1},"execution":"server","status":"completed"}""";
        const string Loaded = """{"type":"tool_search_output","id":"tso_1","call_id":null,"tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}},"defer_loading":true}],"execution":"server","status":"completed"}""";
        using var client = Some.Client(_handler.Json(Some.Answer($"{Search},{Loaded},{Some.Call("f", "{}")}")).Json(Some.Answer(Some.Message("ok"))), static o => o.Store = false);
        var answer = (await client.GetResponseAsync("q", new ChatOptions { Tools = [.. Offered, new HostedToolSearchTool()] })).Messages[0];
        Assert.Equal(["ToolCallContent", "ToolResultContent", "FunctionCallContent"], answer.Contents.Select(static c => c.GetType().Name));
        Assert.Equal("tool_search", ((ToolCallContent)answer.Contents[0]).GetToolName());

        await client.GetResponseAsync([answer, new(ChatRole.Tool, [new FunctionResultContent("call_1", "r")])], new ChatOptions { Tools = [.. Offered, new HostedToolSearchTool()] });
        var input = _handler.LastJson["input"]!.AsArray();
        Assert.Equal(["tool_search_call", "tool_search_output", "function_call", "function_call_output"], input.Select(static i => (string?)i!["type"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Search.Replace("\"call_id\":null,", "", StringComparison.Ordinal)), input[0]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Loaded.Replace("\"call_id\":null,", "", StringComparison.Ordinal)), input[1]));
    }

    private async Task<IEnumerable<string>> SendAsync(IList<AITool> tools)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))), o => o.LoggerFactory = _log);
        await client.GetResponseAsync("q", new ChatOptions { Tools = tools });
        return Sent();
    }

    /// <summary>The name of each tool that was sent, and whether it is deferred.</summary>
    private IEnumerable<string> Sent() => _handler.LastJson["tools"]!.AsArray().Select(static t => $"{t!["name"] ?? t["server_label"] ?? t["type"]}={(bool?)t["defer_loading"]}");
}
