using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping;

/// <summary>Functions of the caller that are named like tools of xAI: the service rejects them, or runs its own tool in their place.</summary>
public class ReservedNamesTests
{
    private readonly StubHandler _handler = new();

    private static AIFunctionDeclaration Function(string name) => AIFunctionFactory.CreateDeclaration(name, "d", System.Text.Json.JsonDocument.Parse("""{"type":"object","properties":{}}""").RootElement);

    public static TheoryData<string> Names => new(
        "web_search", "x_search", "image_generation", "file_search", "collections_search", "code_interpreter", "code_execution", "mcp", "shell", "tool_search",
        "attachment_search", "web_search_with_snippets", "browse_page", "open_page", "open_page_with_find", "search_images",
        "x_user_search", "x_keyword_search", "x_semantic_search", "x_thread_fetch", "view_image", "view_x_video");

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Function_named_like_a_tool_of_xAI_is_sent_and_returned_under_an_alias(string name)
    {
        foreach (var stream in (bool[])[false, true])
        {
            var call = Some.Call("fn_" + name, """{"a":1}""");
            var handler = stream ? new StubHandler().Sse(Some.Created, Some.Done(0, call), Some.Completed(call)) : new StubHandler().Json(Some.Answer(call));
            using var client = Some.Client(handler.Json(Some.Answer(Some.Message("ok"))));
            var options = new ChatOptions { Tools = [Function(name), new HostedWebSearchTool()], ToolMode = ChatToolMode.RequireSpecific(name) };
            var answer = await client.Ask(stream, [new(ChatRole.User, "q")], options);
            Assert.Equal("fn_" + name, (string?)handler.LastJson["tools"]![0]!["name"]);
            Assert.Equal("fn_" + name, (string?)handler.LastJson["tool_choice"]!["name"]);
            Assert.Equal(name, Assert.IsType<FunctionCallContent>(Assert.Single(answer.Messages[0].Contents, static c => c is not UsageContent)).Name);

            await client.GetResponseAsync([new(ChatRole.User, "q"), .. answer.Messages, new(ChatRole.Tool, [new FunctionResultContent("call_1", "r")])], new ChatOptions { Tools = [Function(name)] });
            Assert.Equal("fn_" + name, (string?)handler.LastJson["input"]![1]!["name"]);
        }
    }

    [Theory]
    [InlineData("get_weather")]
    [InlineData("Web_Search")]
    [InlineData("web_search_2")]
    [InlineData("fn_weather")]
    [InlineData("my_web_search")]
    public async Task Other_function_names_are_sent_as_they_are(string name)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Call(name, "{}"))));
        var answer = await client.GetResponseAsync("q", new ChatOptions { Tools = [Function(name)] });
        Assert.Equal(name, (string?)_handler.LastJson["tools"]![0]!["name"]);
        Assert.Equal(name, Assert.IsType<FunctionCallContent>(answer.Messages[0].Contents[0]).Name);
    }

    [Fact]
    public async Task Function_named_like_an_alias_gets_another_alias()
    {
        using var client = Some.Client(_handler.Json(Some.Answer($"{Some.Call("fn_web_search", "{}")},{Some.Call("fn_fn_web_search", "{}", "call_2")}")));
        var answer = await client.GetResponseAsync("q", new ChatOptions { Tools = [Function("web_search"), Function("fn_web_search")] });
        Assert.Equal(["fn_web_search", "fn_fn_web_search"], _handler.LastJson["tools"]!.AsArray().Select(static t => (string?)t!["name"]));
        Assert.Equal(["web_search", "fn_web_search"], answer.Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => c.Name));
    }

    public static TheoryData<object> RawTools => new() { new FunctionTool { Name = "web_search" }.AsAITool(), JsonNode.Parse("""{"type":"function","name":"web_search","parameters":{"type":"object","properties":{}}}""")! };

    [Theory]
    [MemberData(nameof(RawTools))]
    public async Task Raw_function_named_like_a_tool_of_xAI_throws(object tool)
    {
        using var client = Some.Client(_handler);
        var options = tool is AITool ai ? new ChatOptions { Tools = [ai] } : new ChatOptions { AdditionalProperties = new() { ["tools"] = new[] { tool } } };
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("q", options));
        Assert.StartsWith("The function 'web_search' has the name of a tool of xAI", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }
}
