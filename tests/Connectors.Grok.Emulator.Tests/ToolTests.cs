using System.Text.Json;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class ToolTests
{
    private const string Weather =
        """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city"]}}""";

    private const string Lights =
        """{"type":"function","name":"Home-SetLights","parameters":{"type":"object","properties":{"on":{"type":"boolean"},"level":{"type":"integer","maximum":100}},"required":["on","level"]}}""";

    [Theory]
    [InlineData("What is the weather in Oslo?", "get_weather", """{"city":"Oslo"}""")]
    [InlineData("Is the weather fine in New York, in fahrenheit?", "get_weather", """{"city":"New York","unit":"fahrenheit"}""")]
    [InlineData("what's the weather like in paris?", "get_weather", """{"city":"paris"}""")]
    [InlineData("How is the weather?", "get_weather", """{"city":"here"}""")]
    [InlineData("Call get_weather for Bergen", "get_weather", """{"city":"Bergen"}""")]
    [InlineData("Turn the lights off at level 250", "Home-SetLights", """{"on":false,"level":100}""")]
    public async Task Function_is_called_when_the_question_has_its_name_or_topic(string question, string name, string arguments)
    {
        await using var api = await Api.StartAsync();
        var call = Assert.Single(Calls(await api.SayAsync(question, more: $",\"tools\":[{Weather},{Lights}]")));
        Assert.Equal((name, arguments), (call.GetProperty("name").GetString(), call.GetProperty("arguments").GetString()));
    }

    [Fact]
    public async Task Function_result_is_used_in_a_chain_and_in_a_resent_history()
    {
        await using var api = await Api.StartAsync();
        const string Question = "What is the weather in Oslo?";
        var first = await api.SayAsync(Question, more: $",\"tools\":[{Weather}]");
        Assert.Equal("completed", first.GetProperty("status").GetString());
        var call = Calls(first).Single();
        var result = $$"""{"type":"function_call_output","call_id":{{call.GetProperty("call_id").GetRawText()}},"output":"3 degrees and rain"}""";

        var chained = await api.CreateAsync($$"""{"model":"grok-4.6","previous_response_id":"{{Api.IdOf(first)}}","input":[{{result}}],"tools":[{{Weather}}]}""");
        var resent = await api.CreateAsync($$"""{"model":"grok-4.6","input":[{"role":"user","content":"{{Question}}"},{{call.GetRawText()}},{{result}}],"tools":[{{Weather}}]}""");
        Assert.Equal("According to get_weather: 3 degrees and rain.", Api.TextOf(chained.Json));
        Assert.Equal("According to get_weather: 3 degrees and rain.", Api.TextOf(resent.Json));
    }

    [Fact]
    public async Task Two_places_get_two_calls_unless_parallel_tool_calls_is_false()
    {
        await using var api = await Api.StartAsync();
        const string Question = "What is the weather in Oslo and Bergen?";
        var both = Calls(await api.SayAsync(Question, more: $",\"tools\":[{Weather}]"));
        Assert.Equal(["""{"city":"Oslo"}""", """{"city":"Bergen"}"""], both.Select(call => call.GetProperty("arguments").GetString()));
        Assert.Equal(2, both.Select(call => call.GetProperty("call_id").GetString()).Distinct().Count());
        Assert.Equal(2, both.Select(call => call.GetProperty("id").GetString()).Distinct().Count());

        var first = await api.SayAsync(Question, more: $",\"parallel_tool_calls\":false,\"tools\":[{Weather}]");
        var one = Assert.Single(Calls(first));
        var second = await api.CreateAsync($$"""
            {"model":"grok-4.6","previous_response_id":"{{Api.IdOf(first)}}","parallel_tool_calls":false,"tools":[{{Weather}}],
            "input":[{"type":"function_call_output","call_id":{{one.GetProperty("call_id").GetRawText()}},"output":"rain"}]}
            """);
        Assert.Equal("""{"city":"Bergen"}""", Assert.Single(Calls(second.Json)).GetProperty("arguments").GetString());
    }

    [Theory]
    [InlineData("\"none\"", "What is the weather in Oslo?", null)]
    [InlineData("\"auto\"", "Hello", null)]
    [InlineData("\"required\"", "Hello", "get_weather")]
    [InlineData("""{"type":"function","name":"Home-SetLights"}""", "What is the weather in Oslo?", "Home-SetLights")]
    [InlineData("""{"type":"function","function":{"name":"Home-SetLights"}}""", "Hello", "Home-SetLights")]
    public async Task Tool_choice_decides_which_function_is_called(string choice, string question, string? expected)
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync(question, more: $",\"tool_choice\":{choice},\"tools\":[{Weather},{Lights}]");
        Assert.Equal(expected, Calls(response).Select(call => call.GetProperty("name").GetString()).FirstOrDefault());
    }

    [Fact]
    public async Task Web_search_returns_citations_and_shows_sources_only_when_included()
    {
        await using var api = await Api.StartAsync();
        var plain = await api.SayAsync("Search the latest news about Mars", more: ",\"tools\":[{\"type\":\"web_search\"}]");
        Assert.Equal(["reasoning", "web_search_call", "message"], Api.Types(plain));
        Assert.Equal("""{"type":"search","query":"","sources":[]}""", Api.Item(plain, "web_search_call").GetProperty("action").GetRawText());
        Assert.Equal(2, Api.Item(plain, "message").GetProperty("content")[0].GetProperty("annotations").GetArrayLength());
        Assert.Equal(1, plain.GetProperty("usage").GetProperty("server_side_tool_usage_details").GetProperty("web_search_calls").GetInt32());

        var detailed = await api.SayAsync(
            "Search the latest news about Mars",
            more: ",\"tools\":[{\"type\":\"web_search\"}],\"include\":[\"web_search_call.action.sources\",\"no_inline_citations\"]");
        Assert.Equal(2, Api.Item(detailed, "web_search_call").GetProperty("action").GetProperty("sources").GetArrayLength());
        Assert.DoesNotContain("[[1]]", Api.TextOf(detailed), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Structured_output_matches_its_schema()
    {
        await using var api = await Api.StartAsync();
        var response = await api.SayAsync("What is 6*7?", more: """
            ,"text":{"format":{"type":"json_schema","name":"r","strict":true,"schema":{"type":"object","$defs":{"kind":{"enum":["sum","product"]}},
            "properties":{"result":{"type":"number"},"explanation":{"type":"string"},"exact":{"type":"boolean"},"kind":{"$ref":"#/$defs/kind"},
            "steps":{"type":"array","minItems":2,"items":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},
            "when":{"type":"string","format":"date"},"note":{"type":["string","null"]},"nothing":{"anyOf":[{"type":"null"},{"type":"integer"}]}},
            "required":["result","explanation","exact","kind","steps","when","note","nothing"],"additionalProperties":false}}}
            """);
        using var answer = JsonDocument.Parse(Api.TextOf(response));
        var root = answer.RootElement;
        Assert.Equal(42, root.GetProperty("result").GetInt32());
        Assert.Equal("6*7 equals 42.", root.GetProperty("explanation").GetString());
        Assert.Equal("sum", root.GetProperty("kind").GetString());
        Assert.Equal(2, root.GetProperty("steps").GetArrayLength());
        Assert.Equal(JsonValueKind.String, root.GetProperty("steps")[0].GetProperty("text").ValueKind);
        Assert.Equal("2026-10-01", root.GetProperty("when").GetString());
        Assert.Equal(JsonValueKind.Number, root.GetProperty("nothing").ValueKind);
    }

    [Fact]
    public async Task Json_object_format_returns_an_object_and_schemas_are_filled_with_stated_facts()
    {
        await using var api = await Api.StartAsync();
        using var free = JsonDocument.Parse(Api.TextOf(await api.SayAsync("Hello", more: ",\"text\":{\"format\":{\"type\":\"json_object\"}}")));
        Assert.Equal(JsonValueKind.Object, free.RootElement.ValueKind);
        var person = await api.SayAsync("My name is Alice and my age is 30", more: """
            ,"text":{"format":{"type":"json_schema","schema":{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"]}}}
            """);
        Assert.Equal("""{"name":"Alice","age":30}""", Api.TextOf(person));
    }

    private static JsonElement[] Calls(JsonElement response) =>
        [.. response.GetProperty("output").EnumerateArray().Where(item => item.GetProperty("type").GetString() == "function_call")];
}
