using System.Net;
using Connectors.Grok.Emulator.Tests.Support;

namespace Connectors.Grok.Emulator.Tests.Hosts;

public sealed class GoogleTests
{
    private const string Hello = """{"model":"xai/grok-4.6","input":"Hello"}""";
    private const string Global = "projects/acme/locations/global/endpoints/openapi/responses";

    [Fact]
    public async Task Answers_have_the_form_of_the_host_and_are_not_stored()
    {
        await using var api = await Api.StartAsync(Google());
        Assert.Equal("/v1/projects/emulator/locations/global/endpoints/openapi", api.Emulator.BaseAddress.AbsolutePath);
        var reply = await api.CreateAsync(Hello);
        Assert.Matches("^[A-Za-z0-9_-]{22}$", Api.IdOf(reply.Json));
        Assert.Equal(("xai/grok-4.6", false), (reply.Json.GetProperty("model").GetString(), reply.Json.GetProperty("store").GetBoolean()));
        var usage = reply.Json.GetProperty("usage");
        Assert.Equal("ON_DEMAND", usage.GetProperty("extra_properties").GetProperty("google").GetProperty("traffic_type").GetString());
        Assert.False(usage.TryGetProperty("cost_in_usd_ticks", out _));
        Assert.Equal(0, api.Emulator.StoredResponses);
        Assert.DoesNotContain(reply.Message.Headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("\"store\":true")]
    [InlineData("\"previous_response_id\":\"hkofavjWJuaRifEPntCBiA8\"")]
    public async Task State_is_rejected_without_the_policy(string member)
    {
        await using var api = await Api.StartAsync(Google());
        var reply = await api.CreateAsync($$"""{"model":"xai/grok-4.6","input":"Hello",{{member}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, reply.Status);
        Assert.StartsWith("[{\"error\":{\"code\":400,\"message\":\"Organization Policy constraint constraints/vertexai.allowedPartnerModelFeatures violated ", reply.Body, StringComparison.Ordinal);
        Assert.Contains("disallowed feature stateful_responses_api ", reply.Body, StringComparison.Ordinal);
        Assert.EndsWith("\"status\":\"FAILED_PRECONDITION\"}}]", reply.Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await api.CreateAsync("""{"model":"xai/grok-4.6","input":"Hello","store":false}""")).Status);
    }

    [Fact]
    public async Task With_the_policy_a_response_is_continued_and_is_retrieved_and_deleted_under_v1beta1_only()
    {
        await using var api = await Api.StartAsync(Google(allowsState: true));
        var id = Api.IdOf(await api.SayAsync("My name is Alice.", model: "xai/grok-4.6", more: ",\"store\":true"));
        Assert.Contains("Alice", Api.TextOf(await api.SayAsync("What's my name?", id, "xai/grok-4.6")), StringComparison.Ordinal);
        Assert.Equal(1, api.Emulator.StoredResponses);
        var missing = await api.SendToAsync(HttpMethod.Get, $"/v1/{Global}/{id}");
        Assert.Equal((HttpStatusCode.NotFound, "text/html"), (missing.Status, missing.Message.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("esponse", missing.Body.Replace("/responses/", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Post, $"/v1beta1/{Global}", Hello)).Status);
        Assert.Equal(HttpStatusCode.OK, (await api.SendToAsync(HttpMethod.Get, $"/v1beta1/{Global}/{id}")).Status);
        var deleted = await api.SendToAsync(HttpMethod.Delete, $"/v1beta1/{Global}/{id}");
        Assert.True(deleted.Json.GetProperty("deleted").GetBoolean());
        var gone = await api.SendToAsync(HttpMethod.Delete, $"/v1beta1/{Global}/{id}");
        Assert.Equal((HttpStatusCode.NotFound, $$$"""[{"error":{"code":404,"message":"Response with id={{{id}}} not found","status":"NOT_FOUND"}}]"""), (gone.Status, gone.Body));
    }

    [Fact]
    public async Task Store_defaults_to_true_by_choice_where_the_policy_allows_it()
    {
        await using var api = await Api.StartAsync(Google(allowsState: true, storesByDefault: true));
        await api.CreateAsync(Hello);
        Assert.Equal(1, api.Emulator.StoredResponses);
        await using var forbidden = await Api.StartAsync(Google(storesByDefault: true));
        Assert.Equal(HttpStatusCode.OK, (await forbidden.CreateAsync(Hello)).Status);
        Assert.Equal(0, forbidden.Emulator.StoredResponses);
    }

    [Fact]
    public async Task Other_location_and_list_of_models_do_not_exist()
    {
        await using var api = await Api.StartAsync(Google());
        var region = await api.SendToAsync(HttpMethod.Post, "/v1/projects/acme/locations/us-central1/endpoints/openapi/responses", """{"model":"xai/grok-4.7","input":"Hello"}""");
        Assert.Equal(
            (HttpStatusCode.BadRequest, """[{"error":{"code":400,"message":"Publisher model 'xai/grok-4.7' in region 'us-central1' is only available via global endpoint.","status":"FAILED_PRECONDITION"}}]"""),
            (region.Status, region.Body));
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendAsync(HttpMethod.Get, "/models")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.SendToAsync(HttpMethod.Post, "/v1/responses", Hello)).Status);
    }

    [Theory]
    [InlineData("""{"model":"grok-4.6","input":"Hello"}""", 404, "Publisher Model `projects/emulator/locations/global/publishers/grok-4.6` was not found", "NOT_FOUND")]
    [InlineData("""{"model":"xai/grok-0","input":"Hello"}""", 404, "Publisher Model `projects/emulator/locations/global/publishers/xai/models/grok-0` was not found", "NOT_FOUND")]
    [InlineData("""{"model":"xai/grok-4.6","input":"Hello","reasoning":{"effort":"low"}}""", 400, "Model xai/grok-4.6 does not support parameter reasoningEffort.", "INVALID_ARGUMENT")]
    [InlineData("""{"model":"xai/grok-4.6","input":"Hello","stop":[]}""", 400, "Argument not supported: stop", "INVALID_ARGUMENT")]
    public async Task Errors_are_arrays(string body, int status, string message, string name)
    {
        await using var api = await Api.StartAsync(Google());
        var reply = await api.CreateAsync(body);
        Assert.Equal(status, (int)reply.Status);
        Assert.StartsWith($"[{{\"error\":{{\"code\":{status},\"message\":\"{message}", reply.Body, StringComparison.Ordinal);
        Assert.EndsWith($"\"status\":\"{name}\"}}}}]", reply.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_of_a_minute_is_an_object_that_states_the_wait_in_its_details()
    {
        await using var api = await Api.StartAsync(Google());
        api.Emulator.Faults.Enqueue(Fault.RateLimited());
        var reply = await api.CreateAsync("""{"model":"xai/grok-4.7","input":"Hello"}""");
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, """{"error":{"code":429,"message":"Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model with base model: xai-grok-4.7. Please submit a quota increase request.","status":"RESOURCE_EXHAUSTED"}}"""),
            (reply.Status, reply.Body));
        api.Emulator.Faults.Enqueue(Fault.RateLimited(TimeSpan.FromSeconds(2)));
        var waiting = await api.CreateAsync(Hello);
        Assert.EndsWith("\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"2s\"}]}}", waiting.Body, StringComparison.Ordinal);
        Assert.Null(waiting.Message.Headers.RetryAfter);
        api.Emulator.Faults.Enqueue(Fault.ServerError());
        Assert.EndsWith("\"status\":\"UNAVAILABLE\"}}]", (await api.CreateAsync(Hello)).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "json_schema")]
    [InlineData(true, "text")]
    public async Task Schema_is_ignored_by_choice(bool isIgnored, string type)
    {
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new GoogleHost { IgnoresSchemas = isIgnored } });
        const string Format = """,{"type":"json_schema","name":"n","strict":true,"schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}}""";
        var response = await api.SayAsync("Hello", model: "xai/grok-4.6", more: $",\"text\":{{\"format\":{Format[1..]}}}");
        Assert.Equal(type, response.GetProperty("text").GetProperty("format").GetProperty("type").GetString());
        Assert.Equal(!isIgnored, Api.TextOf(response).StartsWith('{'));
    }

    [Fact]
    public async Task Effort_is_accepted_by_choice_and_an_expired_token_is_not()
    {
        var time = new ManualTime();
        await using var api = await Api.StartAsync(new GrokEmulatorOptions { ServedBy = new GoogleHost { RejectsEffort = false }, TokenLifetime = TimeSpan.FromHours(1), TimeProvider = time });
        const string Body = """{"model":"xai/grok-4.6","input":"Hello","reasoning":{"effort":"low"}}""";
        Assert.Equal(HttpStatusCode.OK, (await SendAsync()).Status);
        time.Advance(TimeSpan.FromHours(1));
        var expired = await SendAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, expired.Status);
        Assert.EndsWith("\"status\":\"UNAUTHENTICATED\"}}]", expired.Body, StringComparison.Ordinal);

        Task<Reply> SendAsync() => api.SendToAsync(HttpMethod.Post, $"/v1/{Global}", Body, ("Authorization", "Bearer ya29.token"));
    }

    private static GrokEmulatorOptions Google(bool allowsState = false, bool storesByDefault = false) =>
        new() { ServedBy = new GoogleHost { AllowsState = allowsState, StoresByDefault = storesByDefault } };
}
