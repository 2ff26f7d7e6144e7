using System.IO.Pipelines;
using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.Hosting.Tests.Support;
using Microsoft.Extensions.AI;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Connectors.Grok.Hosting.Tests;

/// <summary>The C# blocks of docs/mcp.md, in their order, with an MCP server in this process.</summary>
public sealed class McpCode
{
    /// <summary>The smallest image that the emulator accepts: 8 × 8 pixels.</summary>
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAADElEQVR4nGNgwA8AABgAAQRMGjEAAAAASUVORK5CYII=");

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Fact]
    public void Code_of_the_MCP_page_equals_the_compiled_code() => PageCode.AssertSame("docs/mcp.md", "McpCode.cs");

    [Fact]
    public async Task Tools_of_an_MCP_server_are_called_as_functions()
    {
        await using var emulator = new GrokEmulator();
        emulator.Script.Strict = true;
        emulator.Script.Reply(r => r.Call("opening_hours", """{"day":"Monday"}""")).Reply((request, r) => r.Text($"On Mondays at {Output(request).GetProperty("output")[0].GetProperty("text")}."));
        using var grok = ClientOf(emulator);
        await using var server = new InProcessServer(McpServerTool.Create((string day) => day == "Monday" ? "nine" : "never", new() { Name = "opening_hours" }));
        Assert.Equal("On Mondays at nine.", (await AsFunctionsAsync(grok, server.Transport)).Text);
        Assert.Equal(2, emulator.Requests.Count);
        Assert.NotNull(emulator.Requests[1].PreviousResponseId);
    }

    public static TheoryData<string, string> Results => new()
    {
        { "text", """[{"type":"input_text","text":"plain"}]""" },
        { "image", """[IMAGE]""" },
        { "mixed", """[{"type":"input_text","text":"a"},IMAGE,{"type":"input_text","text":"b"}]""" },
        { "text resource", """[{"type":"input_text","text":"# A"}]""" },
        { "file", """[{"type":"input_file","file_data":"JVBERi0xLjQK","filename":"file.pdf","mime_type":"application/pdf"}]""" },
        { "failed image", """[{"type":"input_text","text":"broken"},IMAGE,{"type":"input_text","text":"{\"isError\":true}"}]""" },
        { "structured image", """[IMAGE,{"type":"input_text","text":"{\"structuredContent\":{\"a\":1}}"}]""" },
        { "text and link", """ "{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"resource_link\",\"uri\":\"https://example.org/a.md\"*" """ },
        { "failure", """ "{\"content\":[{\"type\":\"text\",\"text\":\"An error occurred invoking *\"}],\"isError\":true*" """ },
        { "nothing", """ "{\"content\":[]*" """ },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Result_of_an_MCP_tool_is_sent_as_the_output_of_the_call(string result, string output)
    {
        var image = ImageContentBlock.FromBytes(Png, "image/png");
        Delegate tool = result switch
        {
            "text" => () => "plain",
            "image" => () => image,
            "mixed" => () => new ContentBlock[] { new TextContentBlock { Text = "a" }, image, new TextContentBlock { Text = "b" } },
            "text resource" => () => new EmbeddedResourceBlock { Resource = new TextResourceContents { Uri = "file:///a.md", MimeType = "text/markdown", Text = "# A" } },
            "file" => () => new EmbeddedResourceBlock { Resource = BlobResourceContents.FromBytes("%PDF-1.4\n"u8.ToArray(), "file:///a.pdf", "application/pdf") },
            "failed image" => () => new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = "broken" }, image] },
            "structured image" => () => new CallToolResult { StructuredContent = JsonElement.Parse("""{"a":1}"""), Content = [image] },
            "text and link" => () => new ContentBlock[] { new TextContentBlock { Text = "a" }, new ResourceLinkBlock { Uri = "https://example.org/a.md", Name = "a.md" } },
            "failure" => string () => throw new InvalidOperationException("The shop is closed."),
            _ => () => { }
            ,
        };
        await using var emulator = new GrokEmulator();
        emulator.Script.Reply(r => r.Call("opening_hours")).Reply("Done.");
        using var grok = ClientOf(emulator);
        await using var server = new InProcessServer(McpServerTool.Create(tool, new() { Name = "opening_hours" }));
        Assert.Equal("Done.", (await AsFunctionsAsync(grok, server.Transport)).Text);
        var expected = output.Trim().Replace("IMAGE", $$"""{"type":"input_image","image_url":"data:image/png;base64,{{Convert.ToBase64String(Png)}}"}""", StringComparison.Ordinal).Split('*');
        var sent = Output(emulator.Requests[1]).GetProperty("output").GetRawText();
        Assert.StartsWith(expected[0], sent, StringComparison.Ordinal);
        Assert.EndsWith(expected[^1], sent, StringComparison.Ordinal);
        Assert.All(expected, part => Assert.Contains(part, sent, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Audio_of_an_MCP_tool_is_refused_with_the_id_of_the_call()
    {
        await using var emulator = new GrokEmulator();
        emulator.Script.Reply(r => r.Call("opening_hours"));
        using var grok = ClientOf(emulator);
        await using var server = new InProcessServer(McpServerTool.Create(() => AudioContentBlock.FromBytes(new byte[] { 1, 2 }, "audio/wav"), new() { Name = "opening_hours" }));
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => AsFunctionsAsync(grok, server.Transport));
        Assert.Contains("holds audio/wav, which xAI does not support", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosted_MCP_server_is_called_by_the_service()
    {
        await using var emulator = new GrokEmulator();
        emulator.Script.Strict = true;
        emulator.Script.Reply(r => r.Mcp("docs", "search", """{"query":"install"}""", output: "Run it.").Text("Run it."));
        using var grok = ClientOf(emulator);
        var answer = await HostedAsync(grok, "token-1");
        Assert.Equal("Run it.", answer.Text);
        var tool = emulator.Requests[0].Json!.Value.GetProperty("tools")[0];
        Assert.Equal(("https://docs.example/mcp", "docs", "token-1"), (tool.GetProperty("server_url").GetString(), tool.GetProperty("server_label").GetString(), tool.GetProperty("authorization").GetString()));
        Assert.Equal("""["search"]""", tool.GetProperty("allowed_tools").GetRawText());
        var call = Assert.Single(answer.Messages[0].Contents.OfType<McpServerToolCallContent>());
        Assert.Equal(("docs", "search"), (call.ServerName, call.Name));
        Assert.Contains(answer.Messages[0].Contents, content => content is McpServerToolResultContent result && result.CallId == call.CallId);
    }

    private static async Task<ChatResponse> AsFunctionsAsync(GrokChatClient grok, IClientTransport transport)
    {
        #region functions
        await using var mcp = await McpClient.CreateAsync(transport);      // an HttpClientTransport or a StdioClientTransport, for example
        IList<McpClientTool> tools = await mcp.ListToolsAsync();
        IChatClient client = grok.AsBuilder().UseFunctionInvocation().Build();
        var answer = await client.GetResponseAsync("When does the shop open?", new ChatOptions { Tools = [.. tools] });
        #endregion
        return answer;
    }

    private static async Task<ChatResponse> HostedAsync(GrokChatClient grok, string token)
    {
        #region hosted
        var docs = new HostedMcpServerTool("docs", new Uri("https://docs.example/mcp"))
        {
            AllowedTools = ["search"],
            Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {token}" },
        };
        var answer = await grok.GetResponseAsync("How do I install it?", new ChatOptions { Tools = [docs] });
        foreach (var call in answer.Messages.SelectMany(message => message.Contents).OfType<McpServerToolCallContent>())
        {
            Console.WriteLine($"{call.ServerName}: {call.Name}({JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions)})");
        }
        #endregion
        return answer;
    }

    private static GrokChatClient ClientOf(GrokEmulator emulator) => new(new GrokChatClientOptions { Endpoint = emulator.BaseAddress }, new HttpClient(emulator.CreateHandler()));

    private static JsonElement Output(RecordedRequest request) => request.Items.Single(static item => item.GetProperty("type").GetString() == "function_call_output");

    /// <summary>An MCP server with one tool, in this process.</summary>
    private sealed class InProcessServer : IAsyncDisposable
    {
        private readonly McpServer _server;

        public InProcessServer(McpServerTool tool)
        {
            Pipe toServer = new(), toClient = new();
            _server = McpServer.Create(new StreamServerTransport(toServer.Reader.AsStream(), toClient.Writer.AsStream()), new McpServerOptions { ToolCollection = [tool] });
            _ = _server.RunAsync();
            Transport = new StreamClientTransport(toServer.Writer.AsStream(), toClient.Reader.AsStream());
        }

        public IClientTransport Transport { get; }

        public ValueTask DisposeAsync() => _server.DisposeAsync();
    }
}
