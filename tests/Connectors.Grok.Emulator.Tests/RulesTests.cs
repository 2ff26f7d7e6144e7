using System.Globalization;
using System.Net;
using System.Text;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests;

public sealed class RulesTests
{
    [Theory]
    [InlineData("\"presence_penalty\":0", "Argument not supported: presence_penalty")]
    [InlineData("\"frequency_penalty\":0", "Argument not supported: frequency_penalty")]
    [InlineData("\"stop\":[]", "Argument not supported: stop")]
    [InlineData("\"metadata\":{}", "Argument not supported: metadata")]
    [InlineData("\"n\":1", "Argument not supported: n")]
    [InlineData("\"background\":true", "Argument not supported: background")]
    [InlineData("\"truncation\":\"auto\"", "Argument not supported: truncation")]
    [InlineData("\"prompt_cache_retention\":\"24h\"", "Argument not supported: prompt_cache_retention")]
    [InlineData("\"max_tokens\":5", "Argument not supported: max_tokens. Please use max_output_tokens instead.")]
    [InlineData("\"instructions\":\"x\",\"previous_response_id\":\"y\"", "Argument not supported: instructions and previous_response_id together")]
    [InlineData("\"tools\":[{\"type\":\"web_search\",\"external_web_access\":true}]", "Argument not supported: external_web_access")]
    public async Task Unsupported_argument_is_rejected_whatever_its_value(string member, string error)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hi",{{member}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.Equal($$"""{"code":"400","error":"{{error}}"}""", reply.Body);
    }

    [Theory]
    [InlineData("\"presence_penalty\":null,\"metadata\":null,\"instructions\":null,\"previous_response_id\":null,\"tools\":null,\"tool_choice\":null")]
    [InlineData("\"background\":false,\"stream_options\":{},\"made_up\":[1],\"seed\":7,\"context_management\":[],\"client_metadata\":{}")]
    [InlineData("\"reasoning\":{\"effort\":\"minimal\",\"summary\":\"anything\"}")]
    [InlineData("\"tools\":[{\"type\":\"x_search\"},{\"type\":\"code_interpreter\"},{\"type\":\"mcp\",\"server_url\":\"https://example.com\",\"server_label\":\"docs\"}],\"tool_choice\":\"always\"")]
    public async Task Unknown_null_and_neutral_members_are_accepted(string members)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hi",{{members}}}""");
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body);
    }

    [Theory]
    [InlineData("[]", 400, "Each message must have at least one content element.")]
    [InlineData("\"\"", 400, "Each message must have at least one content element.")]
    [InlineData("""[{"role":"assistant","content":""}]""", 400, "Each message must have at least one content element.")]
    [InlineData("""[{"role":"user","content":[]}]""", 400, "Each message must have at least one content element.")]
    [InlineData("""[{"role":"user","content":[{"type":"output_text","text":"x"}]}]""", 400, "Empty content block")]
    [InlineData("""[{"role":"assistant","content":[{"type":"input_text","text":"x"}]}]""", 400, "Empty content block")]
    [InlineData("""[{"role":"user","content":[{"type":"input_text"}]}]""", 400, "Empty content block")]
    [InlineData("""[{"type":"function_call_output","call_id":"c","output":"x"}]""", 400, "No tool call found for function call output with call_id c.")]
    [InlineData("""[{"type":"function_call_output","id":"c","output":"x"}]""", 422, "Failed to deserialize the JSON body into the target type: input: data did not match any variant of untagged enum")]
    [InlineData("""[{"type":"web_search_call","id":"ws"}]""", 422, "Failed to deserialize the JSON body into the target type: input: data did not match any variant of untagged enum")]
    [InlineData("""[{"type":"custom_tool_call","name":"x"}]""", 422, "Failed to deserialize the JSON body into the target type: input: data did not match any variant of untagged enum")]
    [InlineData("""[{"role":"tool","content":"x"}]""", 422, "Failed to deserialize the JSON body into the target type: role: unknown variant `tool`")]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"x"}]}]""", 422, "Failed to deserialize the JSON body into the target type: content: unknown variant `text`")]
    [InlineData("5", 422, "Failed to deserialize the JSON body into the target type: input: invalid type: integer `5`, expected")]
    public async Task Invalid_input_gets_the_error_of_xAI(string input, int status, string error)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""{"model":"grok-4.6","input":{{input}}}""");
        Assert.Equal(status, (int)reply.Status);
        Assert.Equal("invalid-argument", reply.Code);
        Assert.StartsWith(error, reply.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_are_accepted_in_any_order_and_number()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync("""
            {"model":"grok-4.6","input":[{"role":"user","content":"My name is Alice."},{"role":"user","content":"Hi"},{"type":null,"role":"system","content":"Be kind."},
            {"role":"assistant","content":"Yes?"},{"role":"assistant","content":[{"type":"refusal","refusal":"No"}]},{"type":"message","role":"developer","content":[{"type":"input_text","text":"Be brief."}]},
            {"role":"user","name":"a","content":[{"type":"input_text","text":"What is my name?"}]}]}
            """);
        Assert.Equal("Your name is Alice.", Api.TextOf(reply.Json));
    }

    [Fact]
    public async Task Errors_are_reported_in_the_documented_order()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ApiKey = "xai-right-key" });
        api.Http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-wrong-key");

        var syntax = await api.CreateAsync("""{"model":"grok-1","stop":5,""");
        Assert.Equal((HttpStatusCode.BadRequest, "text/plain"), (syntax.Status, syntax.Message.Content.Headers.ContentType?.MediaType));
        var types = await api.CreateAsync("""{"model":"grok-1","input":"Hi","store":"yes","stop":5}""");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, types.Status);
        Assert.Equal("Failed to deserialize the JSON body into the target type: store: invalid type: string \"yes\", expected a boolean at line 1 column 54", types.Error);
        var model = await api.CreateAsync("""{"model":"grok-1","input":"Hi","stop":5}""");
        Assert.Equal(HttpStatusCode.NotFound, model.Status);
        Assert.StartsWith("The model grok-1 does not exist or your team ", model.Error, StringComparison.Ordinal);
        var key = await api.CreateAsync("""{"model":"grok-4.6","input":"Hi","stop":5}""");
        Assert.Equal("Incorrect API key provided: xa***ey. You can obtain an API key from https://console.x.ai.", key.Error);
        Assert.Equal(HttpStatusCode.BadRequest, key.Status);

        api.Http.DefaultRequestHeaders.Remove("Authorization");
        var none = await api.CreateAsync("""{"model":"grok-4.6","input":"Hi","stop":5}""");
        Assert.Equal((HttpStatusCode.Unauthorized, """{"code":"unauthenticated:no-credentials","error":"No credentials presented."}"""), (none.Status, none.Body));
        Assert.Equal(HttpStatusCode.Unauthorized, (await api.SendAsync(HttpMethod.Get, "/models")).Status);

        api.Http.DefaultRequestHeaders.Add("Authorization", "Bearer xai-right-key");
        Assert.Equal("Argument not supported: stop", (await api.CreateAsync("""{"model":"grok-4.6","input":"Hi","stop":5}""")).Error);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync("""{"model":"grok-4.6","input":"Hi"}""")).Status);
        Assert.DoesNotContain(api.Emulator.Requests, request => request.Headers.Values.Any(value => value.Contains("right", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Missing_model_retired_model_and_live_search_get_the_errors_of_xAI()
    {
        await using var api = await Api.StartAsync();
        var missing = await api.CreateAsync("""{"input":"Hi"}""");
        Assert.StartsWith("The model latest does not exist", missing.Error, StringComparison.Ordinal);
        var retired = await api.CreateAsync("""{"model":"grok-2-1212","input":"Hi"}""");
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), (retired.Status, retired.Code));
        Assert.Contains("deprecated on 2025-09-15", retired.Error, StringComparison.Ordinal);
        var search = await api.CreateAsync("""{"model":"grok-4.6","input":"Hi","search_parameters":{}}""");
        Assert.Equal(HttpStatusCode.Gone, search.Status);
        Assert.StartsWith("Live search is deprecated. Please switch to the Agent Tools API", search.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grok-4.6", "xhigh", null)]
    [InlineData("grok-4.6", "none", "This model does not support `reasoning_effort` value `none`")]
    [InlineData("grok-4.7", "none", "This model does not support `reasoning_effort` value `none`")]
    [InlineData("grok-4.5", "xhigh", null)]
    [InlineData("grok-4.3", "none", null)]
    [InlineData("grok-4.3", "xhigh", "This model does not support `reasoning_effort` value `xhigh`")]
    [InlineData("grok-4.20", "low", "Model grok-4.20 does not support parameter reasoningEffort.")]
    [InlineData("grok-build-0.1", "none", "Model grok-build-0.1 does not support parameter reasoningEffort.")]
    public async Task Model_accepts_only_its_own_reasoning_efforts(string model, string effort, string? error)
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync($$"""{"model":"{{model}}","reasoning":{"effort":"{{effort}}"},"input":"Hi"}""");
        Assert.Equal(error is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, reply.Status);
        if (error is not null)
        {
            Assert.Equal(error, reply.Error);
        }
        else
        {
            Assert.Equal(effort != "none", Api.Types(reply.Json).Contains("reasoning"));
        }
    }

    [Theory]
    [InlineData("\"tool_choice\":\"auto\"", 400)]
    [InlineData("\"tools\":[{\"type\":\"web_search_preview\"}]", 422)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\"}]", 422)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"a b\",\"parameters\":{\"type\":\"object\"}}]", 400)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"string\"}}]", 400)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"}},{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}]", 400)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\"}}],\"tool_choice\":{\"type\":\"function\",\"name\":\"g\"}", 400)]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}],\"tool_choice\":{\"type\":\"web_search\"}", 422)]
    [InlineData("\"tools\":[{\"type\":\"web_search\",\"allowed_domains\":[\"a.com\"],\"excluded_domains\":[\"b.com\"]}]", 400)]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\"}}", 422)]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"enum\":[]}}}}}", 400)]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\",\"properties\":{\"a\":true}}}}", 400)]
    [InlineData("\"text\":{\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":5}}}", 400)]
    [InlineData("\"tools\":[{\"type\":\"function\",\"name\":\"f\",\"parameters\":{\"type\":\"object\",\"properties\":[]}}]", 400)]
    [InlineData("\"include\":[\"message.output_text.logprobs\"]", 200)]
    [InlineData("\"include\":[\"message.input_image.image_url\"]", 422)]
    [InlineData("\"top_k\":0", 400)]
    [InlineData("\"top_k\":1.5", 422)]
    [InlineData("\"top_k\":1,\"min_p\":0,\"top_p\":1,\"top_logprobs\":8,\"temperature\":2,\"max_turns\":1", 200)]
    [InlineData("\"min_p\":1.1", 400)]
    [InlineData("\"min_p\":-0.1", 400)]
    [InlineData("\"top_logprobs\":9", 400)]
    [InlineData("\"max_turns\":\"2\"", 422)]
    [InlineData("\"logprobs\":1", 422)]
    [InlineData("\"guidelines\":[{\"type\":\"policy\",\"category\":\"nsfw\",\"behavior\":\"decline\"},{\"type\":\"policy\",\"category\":\"violence\",\"behavior\":\"decline\"},{\"type\":\"policy\",\"category\":\"profanity\",\"behavior\":\"decline\"}]", 200)]
    [InlineData("\"guidelines\":[{\"type\":\"policy\",\"category\":\"spam\",\"behavior\":\"decline\"}]", 400)]
    [InlineData("\"guidelines\":[{\"type\":\"policy\",\"category\":\"nsfw\",\"behavior\":\"allow\"}]", 400)]
    [InlineData("\"guidelines\":[{\"type\":\"rule\",\"category\":\"nsfw\",\"behavior\":\"decline\"}]", 400)]
    [InlineData("\"guidelines\":[{\"category\":\"nsfw\",\"behavior\":\"decline\"}]", 400)]
    [InlineData("\"guidelines\":[\"nsfw\"]", 400)]
    [InlineData("\"guidelines\":{}", 422)]
    [InlineData("\"service_tier\":1", 422)]
    [InlineData("\"temperature\":2.5", 400)]
    [InlineData("\"top_p\":0", 400)]
    [InlineData("\"max_output_tokens\":0", 400)]
    public async Task Invalid_tool_format_or_range_gets_its_status(string members, int status)
    {
        await using var api = await Api.StartAsync();
        Assert.Equal(status, (int)(await api.CreateAsync($$"""{"model":"grok-4.6","input":"Hi",{{members}}}""")).Status);
    }

    [Fact]
    public async Task Multi_agent_model_rejects_functions()
    {
        await using var api = await Api.StartAsync();
        var reply = await api.CreateAsync(
            """{"model":"grok-4.20-multi-agent","input":"Hi","tools":[{"type":"function","name":"f","parameters":{"type":"object","properties":{}}}]}""");
        Assert.Equal("Client-side tools for multi-agent models require beta access", reply.Error);
    }

    [Fact]
    public async Task Missing_body_or_other_content_type_gets_415()
    {
        await using var api = await Api.StartAsync();
        var token = TestContext.Current.CancellationToken;
        using var plain = new StringContent("{}", Encoding.UTF8, "text/plain");
        using var empty = new StringContent("", Encoding.UTF8, "application/json");
        foreach (var content in (HttpContent[])[plain, empty])
        {
            using var response = await api.Http.PostAsync(api.Emulator.BaseAddress + "/responses", content, token);
            Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
        }
    }

    [Fact]
    public async Task Prompt_longer_than_the_context_window_is_rejected()
    {
        await using var api = await Api.StartAsync();
        var text = new StringBuilder().Insert(0, "abcd ", 260_000);
        var reply = await api.CreateAsync($$"""{"model":"grok-build-0.1","input":"{{text}}"}""");
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"This model's maximum prompt length is 256000 but the request contains {260_003} tokens."),
            reply.Error);
    }
}
