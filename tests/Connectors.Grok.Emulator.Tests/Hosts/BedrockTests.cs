using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests.Hosts;

public sealed class BedrockTests
{
    private const string Model = "us.xai.grok-4.7";
    private const string Hello = """{"model":"us.xai.grok-4.7","input":"Hello"}""";
    private const string Key = "bedrock-api-key-1234";

    [Fact]
    public async Task Answers_have_the_form_of_the_host()
    {
        await using var api = await Api.StartAsync(Bedrock());
        Assert.Equal("/openai/v1", api.Emulator.BaseAddress.AbsolutePath);
        var reply = await api.CreateAsync(Hello);
        Assert.Equal(Model, reply.Json.GetProperty("model").GetString());
        Assert.False(reply.Json.GetProperty("usage").TryGetProperty("cost_in_usd_ticks", out _));
        Assert.NotEmpty(reply.Header("x-amzn-requestid"));
        Assert.Contains("us.xai.grok-4.7", (await api.SendAsync(HttpMethod.Get, "/models")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync("""{"model":"global.xai.grok-4.7","input":"Hello","reasoning":{"effort":"xhigh"}}""")).Status);
    }

    [Theory]
    [InlineData("""{"model":"xai.grok-4.7","input":"Hi"}""", 400, """{"error":{"message":"Invocation of model ID xai.grok-4.7 with on-demand throughput isn't supported. Retry your request with the ID or ARN of an inference profile that contains this model.","type":"invalid_request_error","param":"model","code":"validation_error"}}""")]
    [InlineData("""{"model":"us.xai.grok-0","input":"Hi"}""", 404, """{"error":{"message":"The model 'us.xai.grok-0' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}""")]
    [InlineData("""{"model":"us.xai.grok-4.7","input":"Hi","previous_response_id":"resp_x"}""", 404, """{"error":{"message":"Response with id 'resp_x' not found.","type":"invalid_request_error","param":null,"code":"not_found"}}""")]
    [InlineData("""{"model":"us.xai.grok-4.7","input":"Hi","background":true}""", 400, """{"error":{"message":"Argument not supported: background","type":"invalid_request_error","param":"background","code":"400"}}""")]
    [InlineData("""{"model":"us.xai.grok-4.7","input":"Hi","tools":[{"type":"x_search"}]}""", 400, """{"error":{"message":"Tools of type 'x_search' are not supported for this model.","type":"invalid_request_error","param":"tools","code":"unsupported_value"}}""")]
    public async Task Errors_are_nested(string body, int status, string error)
    {
        await using var api = await Api.StartAsync(Bedrock());
        var reply = await api.CreateAsync(body);
        Assert.Equal((status, error), ((int)reply.Status, reply.Body));
    }

    [Fact]
    public async Task Model_is_required_with_an_id_and_v1_is_the_wrong_route()
    {
        await using var api = await Api.StartAsync(Bedrock());
        var id = Api.IdOf(await api.SayAsync("Hello", model: Model));
        Assert.Equal(HttpStatusCode.NotFound, (await api.CreateAsync($$"""{"input":"Hi","previous_response_id":"{{id}}"}""")).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync($$"""{"model":"{{Model}}","input":"Hi","previous_response_id":"{{id}}"}""")).Status);
        var wrong = await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.Status);
        Assert.Contains("model `us.xai.grok-4.7` isn't supported on this route", wrong.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Get, "/openai/v1/files")).Status);
    }

    [Fact]
    public async Task Response_belongs_to_the_region_that_served_it()
    {
        await using var api = await Api.StartAsync(Bedrock());
        var id = Api.IdOf((await SendAsync(HttpMethod.Post, "us-west-2", "", Hello)).Json);
        var next = $$"""{"model":"{{Model}}","input":"Hi","previous_response_id":"{{id}}"}""";
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Post, "us-east-1", "", next)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Get, "us-east-1", $"/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(HttpMethod.Delete, "us-east-1", $"/{id}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Post, "us-west-2", "", next)).Status);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(HttpMethod.Delete, "us-west-2", $"/{id}")).Status);

        Task<Reply> SendAsync(HttpMethod method, string region, string path, string? json = null) =>
            api.SendToAsync(method, "/openai/v1/responses" + path, json, ("Host", $"bedrock-runtime.{region}.amazonaws.com"));
    }

    [Fact]
    public async Task Global_profile_is_served_by_the_regions_in_turn()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new BedrockHost { GlobalRegions = { "us-east-1", "us-west-2" } } });
        const string Global = "global.xai.grok-4.7";
        var id = Api.IdOf(await api.SayAsync("My name is Alice.", model: Global));
        var next = $$"""{"model":"{{Global}}","input":"What's my name?","previous_response_id":"{{id}}"}""";
        Assert.Equal(HttpStatusCode.NotFound, (await api.CreateAsync(next)).Status);
        Assert.Contains("Alice", Api.TextOf((await api.CreateAsync(next)).Json), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Account_that_retains_nothing_rejects_store_true_and_stores_nothing()
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new BedrockHost { RetainsNothing = true } });
        var rejected = await api.CreateAsync("""{"model":"us.xai.grok-4.7","input":"Hello","store":true}""");
        Assert.Equal(HttpStatusCode.BadRequest, rejected.Status);
        Assert.Contains("\"param\":\"store\"", rejected.Body, StringComparison.Ordinal);
        Assert.False((await api.CreateAsync(Hello)).Json.GetProperty("store").GetBoolean());
        Assert.Equal(0, api.Emulator.StoredResponses);
    }

    [Theory]
    [InlineData("us-east-1", "Bearer " + Key, 200)]
    [InlineData("us-west-2", "Bearer " + Key, 401)]
    [InlineData("us-east-1", "Bearer wrong", 401)]
    [InlineData("us-west-2", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261001/us-west-2/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=SIGNATURE", 200)]
    [InlineData("us-west-2", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261001/us-east-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date, Signature=SIGNATURE", 401)]
    [InlineData("us-east-1", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261001/us-east-1/bedrock/aws4_request, SignedHeaders=host, Signature=short", 401)]
    public async Task Key_is_valid_in_its_region_and_a_signature_in_the_region_that_it_names(string region, string authorization, int status)
    {
        var options = Bedrock();
        options.ApiKey = Key;
        await using var api = await Api.StartAsync(options);
        var reply = await api.SendToAsync(
            HttpMethod.Post,
            "/openai/v1/responses",
            Hello,
            ("Host", $"bedrock-runtime.{region}.amazonaws.com"),
            ("Authorization", authorization.Replace("SIGNATURE", new string('a', 64), StringComparison.Ordinal)));
        Assert.Equal(status, (int)reply.Status);
    }

    private static GrokEmulatorOptions Bedrock() => new() { ServedBy = new BedrockHost() };
}
