using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Deferred tools and the search for them (docs/wire.md#tools).</summary>
public sealed class ToolSearchTests
{
    private const string Weather = """{"type":"function","name":"get_weather","description":"Weather of a city.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]},"defer_loading":true}""";
    private const string Time = """{"type":"function","name":"get_time","description":"Time in a zone.","parameters":{"type":"object","properties":{"zone":{"type":"string"}}},"defer_loading":true}""";
    private const string Docs = """{"type":"mcp","server_label":"docs","server_url":"https://a.example","defer_loading":true}""";
    private const string Tools = "[{\"type\":\"tool_search\"}," + Weather + "," + Time + "," + Docs + "]";

    [Fact]
    public async Task Model_loads_a_deferred_function_before_its_first_call_only()
    {
        await using var api = await Api.StartAsync();
        var first = (await AskAsync(api, """{"role":"user","content":"What is the weather in Oslo?"}""")).Json;
        Assert.Equal(["reasoning", "tool_search_call", "tool_search_output", "function_call"], Api.Types(first));
        var (search, loaded, call) = (Api.Item(first, "tool_search_call"), Api.Item(first, "tool_search_output"), Api.Item(first, "function_call"));
        Assert.Equal("""{"query":"get_weather","limit":1}""", search.GetProperty("arguments").GetRawText());
        Assert.Equal($"[{Weather}]", loaded.GetProperty("tools").GetRawText());
        foreach (var item in (JsonElement[])[search, loaded])
        {
            Assert.Equal(JsonValueKind.Null, item.GetProperty("call_id").ValueKind);
            Assert.Equal(("server", "completed"), (item.GetProperty("execution").GetString(), item.GetProperty("status").GetString()));
        }

        Assert.Equal(("get_weather", """{"city":"Oslo"}"""), (call.GetProperty("name").GetString(), call.GetProperty("arguments").GetString()));

        // The definition is loaded when both items are sent back, and when the response is continued.
        var result = $$"""{"type":"function_call_output","call_id":"{{call.GetProperty("call_id").GetString()}}","output":"rain"}""";
        var output = string.Join(',', first.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()));
        var resent = (await AskAsync(api, $$"""{"role":"user","content":"What is the weather in Oslo?"},{{output}},{{result}},{"role":"user","content":"And the weather in Rome?"}""")).Json;
        Assert.Equal(["reasoning", "function_call"], Api.Types(resent));
        var continued = (await AskAsync(api, $$"""{{result}},{"role":"user","content":"And the weather in Rome?"}""", $",\"previous_response_id\":\"{Api.IdOf(first)}\"")).Json;
        Assert.Equal(["reasoning", "function_call"], Api.Types(continued));
    }

    [Fact]
    public async Task Definitions_of_deferred_tools_are_left_out_of_the_prompt()
    {
        await using var api = await Api.StartAsync();
        var none = Input(await api.CreateAsync("""{"model":"grok-4.6","input":"Hello"}"""));
        var deferred = Input(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":{{Tools}}}"""));
        var all = Input(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":{{Tools.Replace(",\"defer_loading\":true", "", StringComparison.Ordinal)}}}"""));
        Assert.Equal(3 + 2 + 1, deferred - none);
        Assert.True(all - none > 4 * (deferred - none), $"{none}, {deferred}, {all}");
    }

    [Theory]
    [InlineData("weather", new string[0], "get_weather")]
    [InlineData("get_time", new string[0], "get_time,get_weather")]
    [InlineData("docs", new string[0], "docs")]
    [InlineData("nothing that fits", new string[0], "")]
    [InlineData("anything", new[] { "docs", "get_time" }, "get_time,docs")]
    public async Task Scripted_search_loads_definitions_by_words_or_by_name(string query, string[] names, string expected)
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.ToolSearch(query, names).Text("Done."));
        var response = (await AskAsync(api, """{"role":"user","content":"Hello"}""")).Json;
        var tools = Api.Item(response, "tool_search_output").GetProperty("tools").EnumerateArray();
        Assert.Equal(expected, string.Join(',', tools.Select(tool => (tool.TryGetProperty("name", out var name) ? name : tool.GetProperty("server_label")).GetString())));
        Assert.Equal(names.Length == 0 ? 5 : 2, Api.Item(response, "tool_search_call").GetProperty("arguments").GetProperty("limit").GetInt32());
    }

    [Fact]
    public async Task Failed_search_is_incomplete_and_streams_only_the_events_of_its_item()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.FailedToolSearch("weather"));
        var events = await api.StreamAsync($$"""{"model":"grok-4.6","input":"Hello","stream":true,"tools":{{Tools}}}""");
        Assert.Equal(
            ["response.created", "response.in_progress", "response.output_item.added", "response.output_item.done", "response.completed"],
            events.Select(streamed => streamed.Type));
        Assert.Equal("{}", events[2].Json.GetProperty("item").GetProperty("arguments").GetRawText());
        Assert.Equal("in_progress", events[2].Json.GetProperty("item").GetProperty("status").GetString());
        Assert.Equal("incomplete", events[3].Json.GetProperty("item").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Image_generation_has_its_own_statuses()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.Image([1, 2, 3], "a cat").FailedImage("a dog"));
        var events = await api.StreamAsync("""{"model":"grok-4.7","input":"Hello","stream":true,"tools":[{"type":"image_generation"}]}""");
        var items = events.Where(streamed => streamed.Type.StartsWith("response.output_item.", StringComparison.Ordinal)).Select(streamed => streamed.Json.GetProperty("item")).ToList();
        Assert.Equal(
            [("in_progress", null, null), ("completed", "AQID", "a cat"), ("in_progress", null, null), ("failed", null, "a dog")],
            items.Select(item => (item.GetProperty("status").GetString(), item.GetProperty("result").GetString(), item.GetProperty("prompt").GetString())));
        Assert.Equal(
            ["in_progress", "generating", "completed", "in_progress", "generating"],
            events.Where(streamed => streamed.Type.Contains("image_generation", StringComparison.Ordinal)).Select(streamed => streamed.Type.Split('.')[^1]));
    }

    [Fact]
    public async Task Code_run_has_its_output_as_json_text()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply.CodeRun("1 / 0", stderr: "ZeroDivisionError", exitCode: 1));
        var response = (await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","include":["code_interpreter_call.outputs"]}""")).Json;
        var logs = Api.Item(response, "code_interpreter_call").GetProperty("outputs")[0].GetProperty("logs").GetString();
        Assert.Equal("""{"stdout":"","stderr":"ZeroDivisionError","exit_code":1}""", logs);
    }

    private static int Input(Reply reply) => reply.Json.GetProperty("usage").GetProperty("input_tokens").GetInt32();

    private static async Task<Reply> AskAsync(Api api, string input, string more = "")
    {
        var reply = await api.CreateAsync($$"""{"model":"grok-4.6","include":["reasoning.encrypted_content"],"input":[{{input}}],"tools":{{Tools}}{{more}}}""");
        Assert.True(reply.Status == System.Net.HttpStatusCode.OK, reply.Body);
        return reply;
    }
}
