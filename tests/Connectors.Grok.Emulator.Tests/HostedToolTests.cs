using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class HostedToolTests
{
    [Theory]
    [InlineData("""{"type":"web_search","allowed_domains":["a.com"],"excluded_domains":["b.com"]}""", 400)]
    [InlineData("""{"type":"web_search","filters":{"allowed_domains":["a","b","c","d","e","f"]}}""", 400)]
    [InlineData("""{"type":"web_search","allowed_domains":["https://a.com"]}""", 400)]
    [InlineData("""{"type":"web_search","allowed_domains":[1]}""", 422)]
    [InlineData("""{"type":"web_search","search_context_size":"low"}""", 400)]
    [InlineData("""{"type":"x_search","allowed_x_handles":["@xai"]}""", 400)]
    [InlineData("""{"type":"x_search","from_date":"yesterday"}""", 400)]
    [InlineData("""{"type":"file_search","vector_store_ids":[]}""", 400)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1","2","3","4","5","6","7","8","9","10","11"]}""", 400)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"],"ranking_options":{}}""", 400)]
    [InlineData("""{"type":"code_interpreter","container":{"type":"auto"}}""", 400)]
    [InlineData("""{"type":"image_generation","action":"destroy"}""", 422)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","require_approval":"never"}""", 400)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","connector_id":"c"}""", 400)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example"}""", 422)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","headers":{"x":1}}""", 422)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","defer_loading":"yes"}""", 422)]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object"},"defer_loading":1}""", 422)]
    [InlineData("""{"type":"web_search","external_web_access":true}""", 400)]
    [InlineData("""{"type":"web_search","search_context_size":"huge"}""", 422)]
    [InlineData("""{"type":"web_search","user_location":{"type":"exact"}}""", 422)]
    [InlineData("""{"type":"web_search","user_location":{"city":"Oslo"}}""", 422)]
    [InlineData("""{"type":"web_search","user_location":{"type":"approximate","city":1}}""", 422)]
    [InlineData("""{"type":"web_search","enable_image_search":"yes"}""", 422)]
    [InlineData("""{"type":"x_search","enable_video_understanding":1}""", 422)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","server_description":1}""", 422)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","require_approval":{"never":{}}}""", 422)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"],"filters":{}}""", 400)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"],"max_num_results":0}""", 400)]
    [InlineData("""{"type":"collections_search","vector_store_ids":[]}""", 400)]
    [InlineData("""{"type":"tool_search","execution":"client"}""", 422)]
    [InlineData("""{"type":"shell"}""", 422)]
    [InlineData("""{"type":"shell","environment":{"type":"remote"}}""", 422)]
    [InlineData("""{"type":"shell","environment":{"type":"local","skills":[{"name":"a"}]}}""", 422)]
    [InlineData("""{"type":"shell","environment":{"type":"local","skills":["a"]}}""", 422)]
    [InlineData("""{"type":"shell","environment":{"type":"local","skills":[{"name":"a","description":"b","path":"c"}]}}""", 200)]
    [InlineData("""{"type":"tool_search","execution":"server"}""", 200)]
    [InlineData("""{"type":"tool_search","execution":null}""", 200)]
    [InlineData("""{"type":"function","name":"f","parameters":{"type":"object"},"defer_loading":null,"strict":true}""", 200)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"],"max_num_results":1}""", 200)]
    [InlineData("""{"type":"web_search","allowed_domains":["a.com"],"user_location":{"type":"approximate"}}""", 200)]
    [InlineData("""{"type":"web_search","enable_image_search":true,"enable_image_understanding":null}""", 200)]
    [InlineData("""{"type":"x_search","allowed_x_handles":["xai"],"from_date":"2026-01-31"}""", 200)]
    [InlineData("""{"type":"x_search","enable_image_understanding":true,"enable_video_understanding":false}""", 200)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"]}""", 200)]
    [InlineData("""{"type":"image_generation","action":"edit"}""", 200)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a","headers":{"x":"1"},"authorization":"t","allowed_tools":["a"],"defer_loading":true}""", 200)]
    public async Task Hosted_tools_accept_documented_arguments_and_reject_others(string tool, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":[{{tool}}]}""")).Status);
    }

    [Theory]
    [InlineData(null, 400, 200)]
    [InlineData(true, 400, 400)]
    [InlineData(false, 200, 200)]
    public async Task RejectSearchHints_decides_whether_size_and_place_of_a_web_search_are_accepted(bool? rejects, int size, int place)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { RejectSearchHints = rejects });
        Assert.Equal(size, (int)(await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","tools":[{"type":"web_search","search_context_size":"low"}]}""")).Status);
        Assert.Equal(place, (int)(await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","tools":[{"type":"web_search","user_location":{"type":"approximate","city":"Oslo"}}]}""")).Status);
    }

    [Theory]
    [InlineData(350, 200)]
    [InlineData(351, 400)]
    public async Task At_most_350_tools_are_accepted(int count, int status)
    {
        await using var api = await Api.StartAsync();
        var tools = string.Join(',', Enumerable.Range(0, count).Select(number => $$$"""{"type":"function","name":"f{{{number}}}","parameters":{"type":"object"}}"""));
        Assert.Equal(status, (int)(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":[{{tools}}]}""")).Status);
    }

    [Theory]
    [InlineData("""{"type":"web_search"}""", "web_search_call")]
    [InlineData("""{"type":"x_search"}""", "custom_tool_call")]
    [InlineData("""{"type":"code_interpreter"}""", "code_interpreter_call")]
    [InlineData("""{"type":"code_execution"}""", "code_interpreter_call")]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"]}""", "file_search_call")]
    [InlineData("""{"type":"mcp","server_url":"https://a.example","server_label":"a"}""", "mcp_call")]
    [InlineData("""{"type":"image_generation"}""", "image_generation_call")]
    [InlineData("""{"type":"shell","environment":{"type":"local"}}""", "shell_call")]
    [InlineData("""{"type":"tool_search"}""", "tool_search_call")]
    public async Task Required_tool_choice_makes_the_model_call_a_hosted_tool(string tool, string item)
    {
        await using var api = await Api.StartAsync();
        Assert.DoesNotContain(item, Api.Types((await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":[{{tool}}]}""")).Json));
        var types = Api.Types((await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":[{{tool}}],"tool_choice":"required"}""")).Json);
        Assert.Contains(item, types);
        Assert.Equal(item != "shell_call", types.Contains("message"));
        var mixed = await api.CreateAsync($$$"""{"model":"grok-4.6","input":"Hello","tools":[{"type":"function","name":"f","parameters":{"type":"object"}},{{{tool}}}],"tool_choice":"required"}""");
        Assert.Contains(item == "tool_search_call" ? "function_call" : item, Api.Types(mixed.Json));
    }

    [Theory]
    [InlineData("grok-4", "grok-4.3")]
    [InlineData("grok-4-latest", "grok-4.3")]
    [InlineData("grok-4-0709", "grok-4.3")]
    [InlineData("grok-4-fast-reasoning", "grok-4.3")]
    [InlineData("grok-4-fast-non-reasoning", "grok-4.3")]
    [InlineData("grok-4-1-fast-reasoning", "grok-4.3")]
    [InlineData("grok-4-1-fast-non-reasoning", "grok-4.3")]
    [InlineData("grok-3", "grok-4.3")]
    [InlineData("grok-latest", "grok-4.3")]
    [InlineData("grok-code-fast-1", "grok-build-0.1")]
    [InlineData("grok-build-latest", "grok-4.5")]
    [InlineData("grok-4.20-multi-agent-latest", "grok-4.20-multi-agent-0309")]
    public async Task Model_aliases_and_redirects_resolve_to_the_model_id(string name, string model)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(model, (await api.SayAsync("Hello", model: name)).GetProperty("model").GetString());
        Assert.Equal(model, (await api.SendAsync(HttpMethod.Get, $"/models/{name}")).Json.GetProperty("id").GetString());
    }

    [Fact]
    public async Task Encrypted_reasoning_has_no_summary_with_zero_data_retention()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ZeroDataRetention = true });
        var reply = await api.CreateAsync("""{"model":"grok-4.6","input":"Hello","store":false,"include":["reasoning.encrypted_content"]}""");
        Assert.Equal("true", reply.Header("x-zero-data-retention"));
        var reasoning = Api.Item(reply.Json, "reasoning");
        Assert.Equal("[]", reasoning.GetProperty("summary").GetRawText());
        var replay = await api.CreateAsync($$"""{"model":"grok-4.6","store":false,"input":[{{reasoning.GetRawText()}},{"role":"user","content":"2 + 2"}]}""");
        Assert.Equal((HttpStatusCode.OK, "2 + 2 equals 4."), (replay.Status, Api.TextOf(replay.Json)));
    }

    [Theory]
    [InlineData("/image-generation-models")]
    [InlineData("/video-generation-models")]
    [InlineData("/embedding-models")]
    [InlineData("/api-key")]
    public async Task Secondary_model_lists_and_key_endpoint_require_the_api_key(string path)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ApiKey = "xai-right" });
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync(HttpMethod.Get, path)).Status);
        api.Http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-right");
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, path)).Status);
    }
}
