using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests.Hosts;

public sealed class FoundryTests
{
    private const string Hello = """{"model":"prod-chat","input":"Hello"}""";
    private const string Key = "azure-key-1234";

    [Fact]
    public async Task Answers_have_the_form_of_the_host()
    {
        await using var api = await Api.StartAsync(Foundry());
        Assert.Equal("/openai/v1", api.Emulator.BaseAddress.AbsolutePath);
        var reply = await api.CreateAsync(Hello);
        Assert.StartsWith("resp_", Api.IdOf(reply.Json), StringComparison.Ordinal);
        Assert.Equal("prod-chat", reply.Json.GetProperty("model").GetString());
        Assert.Equal(2, reply.Json.GetProperty("content_filters").GetArrayLength());
        Assert.False(reply.Json.GetProperty("content_filters")[0].GetProperty("blocked").GetBoolean());
        Assert.False(reply.Json.GetProperty("usage").TryGetProperty("cost_in_usd_ticks", out _));
        Assert.False(reply.Json.TryGetProperty("service_tier", out _));
        Assert.NotEmpty(reply.Header("apim-request-id"));
        Assert.False(reply.Message.Headers.Contains("x-request-id"));
    }

    [Fact]
    public async Task Model_of_the_answer_is_the_underlying_name_by_choice()
    {
        var options = Foundry();
        ((FoundryHost)options.ServedBy!).EchoesDeployment = false;
        await using var api = await Api.StartAsync(options);
        Assert.Equal("grok-4.7", (await api.CreateAsync(Hello)).Json.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("grok-4-20-reasoning", HttpStatusCode.OK)]
    [InlineData("grok-4.1-fast-reasoning", HttpStatusCode.OK)]
    [InlineData("grok-4.7", HttpStatusCode.OK)]
    [InlineData("prod-chat", HttpStatusCode.NotFound)]
    public async Task Without_deployments_every_model_has_one_of_its_own_name(string model, HttpStatusCode status)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new FoundryHost() });
        Assert.Equal(status, (await api.CreateAsync($"{{\"model\":\"{model}\",\"input\":\"Hello\"}}")).Status);
    }

    [Fact]
    public async Task Conversation_is_stored_continued_retrieved_and_deleted()
    {
        await using var api = await Api.StartAsync(Foundry());
        var id = Api.IdOf(await api.SayAsync("My name is Alice.", model: "prod-chat"));
        Assert.Contains("Alice", Api.TextOf(await api.SayAsync("What's my name?", id, "prod-chat")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/responses/{id}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Delete, $"/api/projects/chat/openai/v1/responses/{id}")).Status);
        var gone = await api.SendAsync(HttpMethod.Get, $"/responses/{id}");
        Assert.Equal((HttpStatusCode.NotFound, $$$"""{"error":{"message":"Response with id '{{{id}}}' not found.","type":"invalid_request_error","param":null,"code":null}}"""), (gone.Status, gone.Body));
    }

    [Theory]
    [InlineData("""{"model":"prod-chat","input":"Hi","previous_response_id":"resp_x"}""", 400, """{"error":{"message":"Previous response with id 'resp_x' not found.","type":"invalid_request_error","param":"previous_response_id","code":"previous_response_not_found"}}""")]
    [InlineData("""{"model":"prod-chat","input":"Hi","presence_penalty":1}""", 400, """{"code":"invalid-argument","error":"Model prod-chat does not support presence_penalty"}""")]
    [InlineData("""{"model":"other","input":"Hi"}""", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}""")]
    [InlineData("""{"model":"prod-chat","input":[{"type":"reasoning","id":"rs_x","summary":[]},{"role":"user","content":"Hi"}]}""", 400, """{"error":{"message":"Item with id 'rs_x' not found.","type":"invalid_request_error","param":"input","code":null}}""")]
    [InlineData("""{"model":"prod-chat","input":"Hi","tools":[{"type":"web_search"}]}""", 400, """{"code":"invalid-argument","error":"Model prod-chat does not support web_search"}""")]
    [InlineData("""{"model":"prod-chat","input":"Hi","reasoning":{"effort":"xhigh"}}""", 400, """{"code":"invalid-argument","error":"This model does not support `reasoning_effort` value `xhigh`"}""")]
    [InlineData("""{"model":"prod-chat","input":7}""", 422, """{"code":"invalid-argument","error":"Failed to deserialize the JSON body into the target type: input: invalid type: integer `7`, expected a string or a sequence of items at line 1 column 31"}""")]
    public async Task Errors_are_those_of_the_gateway_or_of_xAI(string body, int status, string error)
    {
        await using var api = await Api.StartAsync(Foundry());
        var reply = await api.CreateAsync(body);
        Assert.Equal((status, error), ((int)reply.Status, reply.Body));
    }

    [Fact]
    public async Task Unstored_request_and_own_reasoning_items_are_not_looked_up()
    {
        await using var api = await Api.StartAsync(Foundry());
        var first = await api.SayAsync("What is 6*7?", model: "prod-chat");
        var reasoning = Api.Item(first, "reasoning").GetRawText();
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync(Resend(reasoning, "true"))).Status);
        api.Emulator.ExpireResponses();
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync(Resend(reasoning, "false"))).Status);
        var looked = await api.CreateAsync(Resend(reasoning, "true"));
        Assert.Equal(HttpStatusCode.BadRequest, looked.Status);
        Assert.Contains($"Item with id '{Api.Item(first, "reasoning").GetProperty("id").GetString()}' not found.", looked.Body, StringComparison.Ordinal);

        string Resend(string item, string store) =>
            $$"""{"model":"prod-chat","store":{{store}},"input":[{{item}},{"role":"assistant","content":"{{Api.TextOf(first)}}"},{"role":"user","content":"Again"}]}""";
    }

    [Fact]
    public async Task Bare_v1_is_not_a_route_and_models_are_those_of_the_catalog()
    {
        await using var api = await Api.StartAsync(Foundry());
        var bare = await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello);
        Assert.Equal((HttpStatusCode.NotFound, """{"error":{"code":"404","message":"Resource not found"}}"""), (bare.Status, bare.Body));
        var models = await api.SendAsync(HttpMethod.Get, "/models");
        Assert.Contains("\"grok-4.7\"", models.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("prod-chat", models.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/files")).Status);
    }

    [Theory]
    [InlineData("api-key", Key, 200)]
    [InlineData("Authorization", "Bearer " + Key, 200)]
    [InlineData("Authorization", "Bearer entra-token", 200)]
    [InlineData("api-key", "wrong", 401)]
    [InlineData("x-nothing", "none", 401)]
    public async Task Key_is_accepted_in_its_header_and_as_bearer_and_a_token_as_bearer(string header, string value, int status)
    {
        var options = Foundry();
        (options.ApiKey, options.TokenLifetime) = (Key, TimeSpan.FromHours(1));
        await using var api = await Api.StartAsync(options);
        var reply = await api.SendToAsync(HttpMethod.Post, "/openai/v1/responses", Hello, (header, value));
        Assert.Equal(status, (int)reply.Status);
        if (status == 401)
        {
            Assert.StartsWith("""{"error":{"code":"401","message":"Access denied due to invalid subscription key""", reply.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Token_expires_by_the_clock_of_the_emulator_and_a_new_one_is_accepted()
    {
        var (time, options) = (new ManualTime(), Foundry());
        (options.TimeProvider, options.TokenLifetime) = (time, TimeSpan.FromMinutes(60));
        await using var api = await Api.StartAsync(options);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("first")).Status);
        time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("first")).Status);
        time.Advance(TimeSpan.FromMinutes(1));
        var expired = await SendAsync("first");
        Assert.Equal(HttpStatusCode.Unauthorized, expired.Status);
        Assert.StartsWith("{\"error\":{\"code\":\"401\",\"message\":\"", expired.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync("second")).Status);
        api.Emulator.ExpireTokens();
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync("second")).Status);
        api.Emulator.Requests[0].ShouldHaveCredential("first").ShouldNotReveal("second");
        api.Emulator.Requests[^1].ShouldHaveCredential("second");
        Assert.Throws<EmulatorAssertionException>(() => api.Emulator.Requests[^1].ShouldHaveCredential("first"));
        Assert.Throws<EmulatorAssertionException>(() => api.Emulator.Requests[^1].ShouldNotReveal("second"));
        Assert.Equal("Bearer ***", api.Emulator.Requests[^1].Headers["Authorization"]);

        Task<Reply> SendAsync(string token) => api.SendToAsync(HttpMethod.Post, "/openai/v1/responses", Hello, ("Authorization", $"Bearer {token}"));
    }

    [Fact]
    public async Task Id_of_a_streamed_response_is_unknown_until_its_time_has_passed()
    {
        var (time, options) = (new ManualTime(), Foundry());
        options.TimeProvider = time;
        ((FoundryHost)options.ServedBy!).ReadableAfter = TimeSpan.FromSeconds(7);
        await using var api = await Api.StartAsync(options);
        var events = await api.StreamAsync("""{"model":"prod-chat","input":"Hello","stream":true}""");
        var id = Api.IdOf(events[^1].Json.GetProperty("response"));
        var next = $$"""{"model":"prod-chat","input":"Hi","previous_response_id":"{{id}}"}""";
        time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Contains("previous_response_not_found", (await api.CreateAsync(next)).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Delete, $"/responses/{id}")).Status);
        time.Advance(TimeSpan.FromSeconds(0.1));
        var continued = await api.CreateAsync(next);
        Assert.Equal(HttpStatusCode.OK, continued.Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Get, $"/responses/{Api.IdOf(continued.Json)}")).Status);
    }

    [Fact]
    public async Task Rate_limit_tells_the_wait_in_two_headers_and_in_words()
    {
        await using var api = await Api.StartAsync(Foundry());
        api.Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(1.5)));
        var reply = await api.CreateAsync(Hello);
        Assert.Equal((HttpStatusCode.TooManyRequests, "2", "1500"), (reply.Status, reply.Header("Retry-After"), reply.Header("retry-after-ms")));
        Assert.StartsWith("{\"error\":{\"code\":\"429\",", reply.Body, StringComparison.Ordinal);
        Assert.Contains("retry after 2 seconds", reply.Body, StringComparison.Ordinal);
        api.Emulator.Faults.Enqueue(Fault.RateLimited());
        Assert.Contains("retry later", (await api.CreateAsync(Hello)).Body, StringComparison.Ordinal);
        api.Emulator.Faults.Enqueue(Fault.ServerError());
        Assert.Equal(
            """{"error":{"message":"Service temporarily unavailable. The model did not respond to this request.","type":"server_error","param":null,"code":"503"}}""",
            (await api.CreateAsync(Hello)).Body);
    }

    private static GrokEmulatorOptions Foundry() => new() { ServedBy = new FoundryHost { Deployments = { ["prod-chat"] = "grok-4.7" } } };
}
