using System.Text.Json;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Contents;

public class FunctionMapperTests
{
    private readonly StubHandler _handler = new();

    [Fact]
    public async Task Function_call_and_result_round_trip_in_the_wire_format()
    {
        var tool = AIFunctionFactory.CreateDeclaration("get_weather", "Weather of a city", JsonDocument.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}""").RootElement);
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Call("get_weather", """{"city":"Oslo","n":1.50}"""))));
        var response = await client.GetResponseAsync("Weather in Oslo?", new ChatOptions { Tools = [tool], ToolMode = ChatToolMode.RequireSpecific("get_weather"), AllowMultipleToolCalls = false });

        Assert.Equal(
            """[{"type":"function","name":"get_weather","description":"Weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]""",
            _handler.LastJson["tools"]!.ToJsonString());
        Assert.Equal("""{"type":"function","name":"get_weather"}""", _handler.LastJson["tool_choice"]!.ToJsonString());
        Assert.False((bool)_handler.LastJson["parallel_tool_calls"]!);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        var call = Assert.IsType<FunctionCallContent>(response.Messages[0].Contents[0]);
        Assert.Equal(("call_1", "get_weather", "Oslo"), (call.CallId, call.Name, call.Arguments!["city"]!.ToString()));

        _handler.Json(Some.Answer(Some.Message("Rain")));
        await client.GetResponseAsync(
            [new(ChatRole.User, "Weather in Oslo?"), response.Messages[0], new(ChatRole.Tool, [new FunctionResultContent("call_1", JsonDocument.Parse("\"rain\"").RootElement)])],
            new ChatOptions { Tools = [tool] });
        Assert.Equal(
            """[{"type":"function_call","call_id":"call_1","name":"get_weather","arguments":"{\u0022city\u0022:\u0022Oslo\u0022,\u0022n\u0022:1.50}"},{"type":"function_call_output","call_id":"call_1","output":"rain"}]""",
            new System.Text.Json.Nodes.JsonArray([.. _handler.LastJson["input"]!.AsArray().Skip(1).Select(static n => n!.DeepClone())]).ToJsonString());
    }

    [Fact]
    public async Task Continuation_sends_only_the_function_result()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("Rain"))));
        await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("call_1", "rain")])], new ChatOptions { ConversationId = Some.Id });
        Assert.Equal("function_call_output", (string?)Assert.Single(_handler.LastJson["input"]!.AsArray())!["type"]);
    }

    [Fact]
    public async Task Unpaired_function_call_or_result_throws_with_its_id()
    {
        using var client = Some.Client(_handler);
        var open = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([new(ChatRole.System, "s"), new(ChatRole.Assistant, [new FunctionCallContent("call_7", "f")])]));
        var orphan = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("call_8", "r")])]));
        Assert.Contains("call_7", open.Message, StringComparison.Ordinal);
        Assert.Contains("call_8", orphan.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task History_with_an_unpaired_call_or_result_is_sent_without_it_and_logged()
    {
        var log = new ListLogger();
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))).Json(Some.Answer(Some.Message("ok"))), o => o.LoggerFactory = log);
        await client.GetResponseAsync([new(ChatRole.Assistant, [new FunctionCallContent("call_7", "f")]), new(ChatRole.User, "x")]);
        await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("call_8", "r")]), new(ChatRole.User, "x")], new ChatOptions { Instructions = "s" });
        Assert.Equal("""[{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}]""", JsonDocument.Parse(_handler.Requests[0].Body).RootElement.GetProperty("input").GetRawText());
        Assert.Equal(["system", "user"], _handler.LastJson["input"]!.AsArray().Select(static i => (string?)i!["role"]));
        Assert.Equal(2, log.Lines.Count);
        Assert.Contains("a call of the function 'f' without its result", log.Lines[0], StringComparison.Ordinal);
        Assert.Contains("the result of a function without its call", log.Lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unserializable_function_result_throws_before_a_request_is_sent()
    {
        using var client = Some.Client(_handler);
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(
            [new(ChatRole.Assistant, [new FunctionCallContent("call_9", "f")]), new(ChatRole.Tool, [new FunctionResultContent("call_9", new Lazy<int>())])]));
        Assert.StartsWith("The result of the function call 'call_9' cannot be written as JSON: ", e.Message, StringComparison.Ordinal);
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Duplicate_and_truncated_function_calls_are_not_sent()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        var call = new FunctionCallContent("call_1", "f");
        await client.GetResponseAsync(
        [
            new(ChatRole.Assistant, [call, call, new FunctionCallContent("call_2", "g") { InformationalOnly = true }]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", null), new FunctionResultContent("call_1", "again")]),
        ]);
        Assert.Equal(["function_call", "function_call_output"], _handler.LastJson["input"]!.AsArray().Select(static i => (string?)i!["type"]));
    }

    public static TheoryData<object?, string> Results => new()
    {
        { "text", "\"text\"" },
        { null, "\"\"" },
        { 42, "\"42\"" },
        { JsonDocument.Parse("""{"a":1}""").RootElement, "\"{\\u0022a\\u0022:1}\"" },
        { new TextContent("t"), """[{"type":"input_text","text":"t"}]""" },
    };

    [Theory]
    [MemberData(nameof(Results))]
    public async Task Function_result_of_every_type_is_sent(object? result, string sent)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("c", result)])], new ChatOptions { ConversationId = "r-1" });
        Assert.Equal(sent, _handler.LastJson["input"]![0]!["output"]!.ToJsonString());
    }

    [Fact]
    public async Task Function_exception_is_sent_with_its_message()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.Tool, [new FunctionResultContent("c", null) { Exception = new InvalidOperationException("No city.") }])], new ChatOptions { ConversationId = "r-1" });
        Assert.Equal("Error: No city.", (string?)_handler.LastJson["input"]![0]!["output"]);
    }

    [Fact]
    public async Task Tool_choice_is_not_sent_without_tools()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync("q", new ChatOptions { ToolMode = ChatToolMode.RequireAny, AllowMultipleToolCalls = true });
        Assert.Equal(["model", "input", "stream", "prompt_cache_key"], _handler.LastJson.Select(static p => p.Key));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("  ", true)]
    [InlineData("{\"a\":", false)]
    [InlineData("[]", false)]
    public async Task Empty_call_arguments_are_empty_and_malformed_ones_set_the_exception(string arguments, bool isGood)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Call("f", arguments))));
        var call = Assert.IsType<FunctionCallContent>((await client.GetResponseAsync("q")).Messages[0].Contents[0]);
        Assert.Equal(isGood, call.Exception is null);
        Assert.Equal(isGood ? 0 : null, call.Arguments?.Count);
    }

    [Theory]
    [InlineData("completed", "{\"a\":1}", true)]
    [InlineData(null, "{\"a\":1}", true)]
    [InlineData("in_progress", "{\"a\":1}", true)]
    [InlineData("completed", null, true)]
    [InlineData("completed", "", true)]
    [InlineData("completed", " ", true)]
    [InlineData("completed", "{\"a\":", false)]
    [InlineData("incomplete", "{\"a\":1}", false)]
    [InlineData("incomplete", "", false)]
    public void Function_call_is_complete_when_not_truncated_and_its_arguments_are_an_object(string? status, string? arguments, bool isWhole) =>
        Assert.Equal(isWhole, FunctionMapper.IsWhole(new FunctionCallItem { Status = status, Arguments = arguments }));

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData("[1]", null)]
    [InlineData("{}", "")]
    [InlineData("{\"a\":1,\"b\":\"x\"}", "a=1,b=x")]
    public void Hosted_call_arguments_are_null_unless_they_are_a_JSON_object(string? text, string? arguments) =>
        Assert.Equal(arguments, FunctionMapper.Arguments(text) is { } read ? string.Join(',', read.Select(static a => $"{a.Key}={a.Value}")) : null);

    [Fact]
    public void Function_call_without_a_name_gets_an_empty_name()
    {
        var call = FunctionMapper.ToContent(new FunctionCallItem { Id = "fc_1" });
        Assert.Equal(("fc_1", "", false), (call.CallId, call.Name, call.InformationalOnly));
    }

    [Fact]
    public void Function_call_without_arguments_is_sent_with_an_empty_object()
    {
        Assert.Equal("{}", FunctionMapper.ToItem(new FunctionCallContent("c", "f")).Arguments);
        Assert.Equal("{}", FunctionMapper.ToItem(new FunctionCallContent("c", "f", new Dictionary<string, object?>())).Arguments);
    }

    [Fact]
    public async Task Unsupported_image_in_a_function_result_throws_like_any_image()
    {
        using var client = Some.Client(_handler);
        var result = new FunctionResultContent("c", new DataContent(new byte[4], "image/webp"));
        var e = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([new(ChatRole.Tool, [result])], new ChatOptions { ConversationId = "r-1" }));
        Assert.Equal("An image has the bytes of no known image format (declared as image/webp); xAI takes JPEG, PNG and WebP. Convert it first. (Parameter 'messages')", e.Message);
    }
}
