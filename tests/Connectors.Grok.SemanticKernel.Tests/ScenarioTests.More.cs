using System.Text.Json;
using Connectors.Grok.Emulator;
using Connectors.Grok.SemanticKernel.Tests.Support;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Connectors.Grok.SemanticKernel.Tests;

public abstract partial class ScenarioTests
{
    internal const string Pixel8 = "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR4nGNgYGDACoaWMADAwABB1a0f+QAAAABJRU5ErkJggg==";

    [Fact]
    public async Task Answer_has_the_requested_json_schema()
    {
        var kernel = integration.Kernel(Client());
        var schema = JsonDocument.Parse("""{"type":"object","properties":{"City":{"type":"string"}},"required":["City"],"additionalProperties":false}""").RootElement;
        var result = await kernel.InvokePromptAsync("I live in Oslo. Which city is it?", new(integration.Settings(values: ("response_format", schema))));
        Assert.True(JsonDocument.Parse(result.ToString()).RootElement.TryGetProperty("City", out _));
        Assert.Equal("json_schema", Wire.Member(Requests[0], "text")?.GetProperty("format").GetProperty("type").GetString());
        Assert.True(Wire.Member(Requests[0], "text")?.GetProperty("format").GetProperty("schema").GetProperty("properties").TryGetProperty("City", out _));
    }

    [Fact]
    public async Task Images_and_files_are_sent_as_input_parts()
    {
        var kernel = integration.Kernel(Client());
        var history = new ChatHistory();
        history.AddUserMessage(
        [
            new TextContent("What is in these?"),
            new ImageContent(Convert.FromBase64String(Pixel8), "image/png"),
            new ImageContent(new Uri("https://example.org/picture.png")) { MimeType = "image/png" },
            new BinaryContent("x"u8.ToArray(), "application/pdf"),
        ]);
        await integration.Chat(kernel).GetChatMessageContentAsync(history, kernel: kernel);
        var parts = Requests[0].Items[0].GetProperty("content").EnumerateArray().Select(static p => p.GetProperty("type").GetString());
        Assert.Equal(["input_text", "input_image", "input_image", "input_file"], parts);
        Requests[0].ShouldNotBeStored().ShouldContain(Pixel8).ShouldContain("https://example.org/picture.png");
    }

    [Fact]
    public async Task Json_prompt_file_sends_the_web_search_tool()
    {
        var kernel = integration.Kernel(Client());
        var prompt = PromptTemplateConfig.FromJson("""
            {
              "name": "Search",
              "template": "Search the web for {{$topic}}.",
              "input_variables": [{ "name": "topic" }],
              "execution_settings": {
                "default": { "temperature": 0.2, "store": false, "tools": [{ "type": "web_search", "allowed_domains": ["example.com"] }] }
              }
            }
            """);
        var result = await kernel.InvokeAsync(KernelFunctionFactory.CreateFromPrompt(prompt), new() { ["topic"] = "Grok" });
        Assert.NotEmpty(result.ToString());
        Requests[0].ShouldSay("Search the web for Grok.").ShouldNotBeStored();
        var tool = Wire.Member(Requests[0], "tools")!.Value[0];
        Assert.Equal("web_search", tool.GetProperty("type").GetString());
        Assert.Equal("example.com", tool.GetProperty("allowed_domains")[0].GetString());
        Assert.Equal(0.2, Wire.Member(Requests[0], "temperature")?.GetDouble());
    }

    /// <summary>A saved history could name another user's response: a process that does not share the application's secret sends the history instead.</summary>
    [Fact]
    public async Task Saved_history_is_sent_whole_by_a_process_without_the_history_key()
    {
        var kernel = integration.Kernel(Client());
        var history = new ChatHistory("You are brief.");
        await SendAsync(integration.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed: false, integration.Settings(), kernel);
        Assert.Contains("Alice", await Continuation.StartAsync(integration, Emulator.BaseAddress, null, history, "What's my name?", hasKey: false), StringComparison.Ordinal);
        Assert.Equal(["system", "user", "reasoning", "assistant", "user"], Requests[^1].ShouldContinueNothing().Items.Select(Kind));

        static string Kind(System.Text.Json.JsonElement item) => item.GetProperty(item.GetProperty("type").GetString() == "message" ? "role" : "type").GetString()!;
    }

    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, false)]
    public async Task Saved_history_continues_in_another_process(bool isStreamed, bool? store)
    {
        var kernel = integration.Kernel(Client(store), new My_Weather());
        var history = new ChatHistory("You are brief.");
        var settings = integration.Settings(FunctionChoiceBehavior.Auto());
        await SendAsync(integration.Chat(kernel), history, "My name is Alice. Remember this.", isStreamed, settings, kernel);
        await SendAsync(integration.Chat(kernel), history, "What is the weather in Oslo?", isStreamed, settings, kernel);
        Assert.Contains("Alice", await Continuation.StartAsync(integration, Emulator.BaseAddress, store, history, "What's my name?"), StringComparison.Ordinal);
        if (store == false)
        {
            Assert.Equal(Wire.Blobs, Wire.GetBlobs(Requests[^1].ShouldContinueNothing()));
        }
        else if (!isStreamed)
        {
            Requests[^1].ShouldContinue(Wire.Ids[^1]).ShouldSend("user");
        }
    }
}
