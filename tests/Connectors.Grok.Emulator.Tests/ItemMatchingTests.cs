using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

/// <summary>Input items are matched by their members, in the order of docs/wire.md#input-items.</summary>
public sealed class ItemMatchingTests
{
    private const string Compaction = "Could not decode the compaction blob. Ensure it is unmodified from the compact response.";
    private const string NoMatch = "Failed to deserialize the JSON body into the target type: input: data did not match any variant";

    [Theory]
    [InlineData("""{"role":"user","content":"Hi","type":null}""", 200, null)]
    [InlineData("""{"role":"user","content":"Hi","name":"Ann"}""", 200, null)]
    [InlineData("""{"role":"user","content":"Hi","name":null}""", 200, null)]
    [InlineData("""{"role":"assistant","content":[{"type":"output_text","text":"Hi"}],"type":"message","id":null,"status":null}""", 200, null)]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}""", 200, null)]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":{}}""", 422, NoMatch)]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}","id":null}""", 422, NoMatch)]
    [InlineData("""{"type":"x_search_call","call_id":"c","name":"f","arguments":"{}"}""", 200, null)]
    [InlineData("""{"type":"reasoning","summary":[]}""", 200, null)]
    [InlineData("""{"type":"reasoning","summary":[],"encrypted_content":null}""", 200, null)]
    [InlineData("""{"type":"reasoning","summary":[],"content":[{"type":"reasoning_text","text":"x"}]}""", 200, null)]
    [InlineData("""{"type":"reasoning","summary":[],"content":[{"text":"x"}]}""", 422, NoMatch)]
    [InlineData("""{"type":"reasoning","summary":[],"content":null}""", 422, NoMatch)]
    [InlineData("""{"type":"reasoning"}""", 422, NoMatch)]
    [InlineData("""{"type":"reasoning","encrypted_content":"x"}""", 400, Compaction)]
    [InlineData("""{"type":"reasoning","summary":[],"content":null,"encrypted_content":"x"}""", 400, Compaction)]
    [InlineData("""{"type":"reasoning","summary":[],"status":null,"encrypted_content":"x"}""", 400, Compaction)]
    [InlineData("""{"type":"reasoning","summary":[],"id":null,"encrypted_content":"x"}""", 400, Compaction)]
    [InlineData("""{"type":"reasoning","summary":null,"encrypted_content":"x"}""", 400, Compaction)]
    [InlineData("""{"type":"compaction","encrypted_content":"x","id":null}""", 400, Compaction)]
    [InlineData("""{"type":"compaction"}""", 422, NoMatch)]
    [InlineData("""{"type":"web_search_call","action":{"type":"search","query":"q","sources":[]}}""", 200, null)]
    [InlineData("""{"type":"web_search_call","action":{"type":"search","query":"q","sources":[{"type":"url","url":"https://a.example"}]}}""", 200, null)]
    [InlineData("""{"type":"web_search_call","action":{"type":"search","query":"q","sources":["https://a.example"]}}""", 422, NoMatch)]
    [InlineData("""{"type":"web_search_call","action":{"type":"open_page","url":"https://a.example"}}""", 200, null)]
    [InlineData("""{"type":"web_search_call","action":{"type":"find_in_page","url":"https://a.example","pattern":"x"}}""", 200, null)]
    [InlineData("""{"type":"web_search_call","action":{"type":"find_in_page","pattern":"x"}}""", 422, NoMatch)]
    [InlineData("""{"type":"web_search_call","action":{"type":"find","pattern":"x","source":{"type":"url","url":"https://a.example"}}}""", 422, NoMatch)]
    [InlineData("""{"type":"web_search_call","action":{"type":"search"}}""", 422, NoMatch)]
    [InlineData("""{"type":"web_search_call","id":"ws"}""", 422, NoMatch)]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":[]}""", 200, null)]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":[{"file_id":"f","filename":"","text":"t","score":0.5},{"file_id":"f","filename":"","text":"t"}]}""", 200, null)]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":[{"file_id":"f","text":"t"}]}""", 422, NoMatch)]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":[{"file_id":"f","filename":"n","text":"t","score":null}]}""", 422, NoMatch)]
    [InlineData("""{"type":"file_search_call","queries":["q"],"results":null}""", 422, NoMatch)]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":[]}""", 200, null)]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":[{"type":"logs","logs":"1"},{"type":"image","url":"https://a.example"}]}""", 200, null)]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":[{"type":"logs"}]}""", 422, NoMatch)]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":[{"type":"text","logs":"1"}]}""", 422, NoMatch)]
    [InlineData("""{"type":"code_interpreter_call","code":"1","outputs":null}""", 422, NoMatch)]
    [InlineData("""{"type":"mcp_call","name":"t","server_label":"s","arguments":"{}","output":""}""", 200, null)]
    [InlineData("""{"type":"mcp_call","name":"t","server_label":"s","arguments":"{}"}""", 422, NoMatch)]
    [InlineData("""{"type":"custom_tool_call","id":"c","call_id":"x","name":"x_keyword_search","input":"{}"}""", 200, null)]
    [InlineData("""{"type":"custom_tool_call","call_id":"x","name":"x_keyword_search"}""", 422, NoMatch)]
    [InlineData("""{"type":"shell_call","call_id":"x","action":{"commands":["ls"]},"environment":null}""", 200, null)]
    [InlineData("""{"type":"shell_call","call_id":"x","action":{"type":null,"commands":["ls"],"timeout_ms":1000,"max_output_length":null}}""", 200, null)]
    [InlineData("""{"type":"shell_call","call_id":"x","action":{"commands":["ls"],"timeout_ms":"1 s"}}""", 422, NoMatch)]
    [InlineData("""{"type":"shell_call_output","call_id":"x","output":[{"outcome":{"type":"exit","exit_code":0}}]}""", 200, null)]
    [InlineData("""{"type":"shell_call_output","call_id":"x","output":[{"outcome":{"type":"timeout"},"stdout":"a","stderr":""}],"max_output_length":null}""", 200, null)]
    [InlineData("""{"type":"shell_call_output","call_id":"x","output":[{"outcome":{"type":"exit"}}]}""", 422, NoMatch)]
    [InlineData("""{"type":"shell_call_output","call_id":"x","output":[{"outcome":{"type":"timeout"},"stdout":null}]}""", 422, NoMatch)]
    [InlineData("""{"type":"shell_call_output","call_id":"x","output":[{"outcome":{"type":"timeout"}}],"max_output_length":"9"}""", 422, NoMatch)]
    [InlineData("""{"type":"image_generation_call","prompt":null,"result":null}""", 200, null)]
    [InlineData("""{"type":"tool_search_call","id":"t","arguments":{"query":"q"},"call_id":null,"execution":"server","status":"completed"}""", 200, null)]
    [InlineData("""{"type":"tool_search_call"}""", 422, NoMatch)]
    [InlineData("""{"type":"tool_search_output","id":"t","tools":[]}""", 200, null)]
    [InlineData("""{"type":"tool_search_output","id":"t","tools":null}""", 422, NoMatch)]
    [InlineData("""{"type":"item_reference","id":"x"}""", 422, NoMatch)]
    [InlineData("""{"type":"mcp_approval_response","approval_request_id":"x","approve":true}""", 422, NoMatch)]
    [InlineData("\"text\"", 422, "Failed to deserialize")]
    public async Task Item_is_taken_by_the_first_variant_that_it_fits(string item, int status, string? error)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""{"model":"grok-4.6","input":[{{item}},{"role":"user","content":"Hello"}]}""");
        Assert.True((int)reply.Status == status, reply.Body);
        Assert.StartsWith(error ?? "", error is null ? "" : reply.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_of_a_script_can_be_sent_back_with_its_included_members()
    {
        await using var api = await Api.StartAsync();
        api.Emulator.Script.Reply(reply => reply
            .Reasoning("Thinking.").WebSearch("q", "https://a.example").OpenPage("https://a.example").FindInPage("x", "https://a.example")
            .XSearch("q").OldXSearch("q").CodeRun("print(1)", "1\n").FileSearch("q").Mcp("docs", "read", "{}", "text").Image([1], "a cat").FailedImage("a dog")
            .ToolSearch("find it", "find_it").FailedToolSearch("more").Shell("ls").Text("Done."));
        const string Include = """["reasoning.encrypted_content","web_search_call.action.sources","code_interpreter_call.outputs","file_search_call.results"]""";
        const string Tools = """[{"type":"tool_search"},{"type":"function","name":"find_it","parameters":{"type":"object"},"defer_loading":true}]""";
        var first = await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","include":{{Include}},"tools":{{Tools}}}""");
        var output = string.Join(',', first.Json.GetProperty("output").EnumerateArray().Select(item => item.GetRawText()));
        var second = await api.CreateAsync($$"""{"model":"grok-4.6","input":[{"role":"user","content":"Hello"},{{output}},{"role":"user","content":"2 + 2"}],"tools":{{Tools}}}""");
        Assert.True(second.Status == System.Net.HttpStatusCode.OK, second.Body);
        Assert.Equal("2 + 2 equals 4.", Api.TextOf(second.Json));
    }
}
