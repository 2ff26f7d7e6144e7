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
    [InlineData("""{"type":"mcp","server_url":"https://a.example","require_approval":"never"}""", 400)]
    [InlineData("""{"type":"web_search","allowed_domains":["a.com"],"user_location":{"type":"approximate"}}""", 200)]
    [InlineData("""{"type":"x_search","allowed_x_handles":["xai"],"from_date":"2026-01-31"}""", 200)]
    [InlineData("""{"type":"file_search","vector_store_ids":["1"]}""", 200)]
    [InlineData("""{"type":"image_generation","action":"edit"}""", 200)]
    [InlineData("""{"type":"mcp","server_url":"https://a.example"}""", 200)]
    public async Task Hosted_tools_accept_documented_arguments_and_reject_others(string tool, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hello","tools":[{{tool}}]}""")).Status);
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
