using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Errors as other hosts and gateways write them.</summary>
public class ForeignErrorTests
{
    private readonly StubHandler _handler = new();

    [Theory]
    // Foundry
    [InlineData(404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}""", GrokErrorKind.UnknownModel, "DeploymentNotFound", null)]
    [InlineData(404, """{"error":{"message":"The requested model 'x' does not exist.","param":"model","code":"model_not_found"}}""", GrokErrorKind.UnknownModel, "model_not_found", "model")]
    [InlineData(401, """{"error":{"code":"401","message":"Access denied due to invalid subscription key."}}""", GrokErrorKind.Authentication, "401", null)]
    [InlineData(400, """{"error":{"message":"Item with id 'rs_x' not found.","type":"invalid_request_error","param":"input","code":null}}""", GrokErrorKind.EncryptedContentRejected, null, "input")]
    [InlineData(400, """{"error":{"message":"Filtered.","code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}""", GrokErrorKind.ContentPolicy, "content_filter", null)]
    [InlineData(400, """{"error":{"message":"Filtered.","innererror":{"code":"content_filter"}}}""", GrokErrorKind.ContentPolicy, "content_filter", null)]
    // Google
    [InlineData(400, """[{"error":{"code":400,"message":"Publisher model 'xai/grok-4.7' in region 'us-central1' is only available via global endpoint.","status":"FAILED_PRECONDITION"}}]""", GrokErrorKind.UnknownModel, "FAILED_PRECONDITION", null)]
    [InlineData(429, """{"error":{"code":429,"message":"Quota exceeded for aiplatform.googleapis.com/online_prediction_requests_per_base_model with base model: xai-grok-4.7. Please submit a quota increase request.","status":"RESOURCE_EXHAUSTED"}}""", GrokErrorKind.RateLimit, "RESOURCE_EXHAUSTED", null)]
    [InlineData(400, """[{"error":{"code":400,"message":"Bad.","status":"INVALID_ARGUMENT"}},{"error":{"message":"Other."}}]""", GrokErrorKind.InvalidRequest, "INVALID_ARGUMENT", null)]
    // Bedrock
    [InlineData(400, """{"error":{"message":"The model `xai.grok-4.7` isn't supported on this route","type":"invalid_request_error"}}""", GrokErrorKind.UnknownModel, null, null)]
    // OpenRouter
    [InlineData(402, """{"error":{"code":402,"message":"No credits.","metadata":{"error_type":"payment_required"}}}""", GrokErrorKind.Quota, "402", null)]
    [InlineData(502, """{"error":{"code":502,"message":"Busy.","metadata":{"error_type":"provider_overloaded"}}}""", GrokErrorKind.Overload, "502", null)]
    [InlineData(400, """{"error":{"code":"server_error","message":"Long."},"error_type":"context_length_exceeded"}""", GrokErrorKind.ContextLength, "server_error", null)]
    // LiteLLM
    [InlineData(400, """{"error":{"message":"litellm.BadRequestError: XaiException - {\"code\":\"invalid-argument\",\"error\":\"Model x does not support stop\"}. Received Model Group=grok","type":null,"param":null,"code":"400"}}""", GrokErrorKind.InvalidRequest, "invalid-argument", null)]
    [InlineData(400, """{"error":{"message":"litellm.BadRequestError: XaiException - {\"code\":","type":null,"param":null,"code":"400"}}""", GrokErrorKind.InvalidRequest, "400", null)]
    [InlineData(400, """{"error":{"message":"litellm.BadRequestError: XaiException - {}","code":"400"}}""", GrokErrorKind.InvalidRequest, "400", null)]
    [InlineData(400, """{"error":{"message":"litellm.BadRequestError: no more is known","code":"400"}}""", GrokErrorKind.InvalidRequest, "400", null)]
    public async Task Error_of_another_host_is_classified(int status, string body, GrokErrorKind kind, string? code, string? parameter)
    {
        using var client = Some.Client(_handler.Json(body, status));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        Assert.Equal((kind, code, parameter, status), (e.Kind, e.Code, e.Parameter, e.Status));
        Assert.DoesNotContain('{', e.ServiceMessage!.Replace("- {\"code\":", "", StringComparison.Ordinal).Replace("- {}", "", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("authentication", GrokErrorKind.Authentication)]
    [InlineData("context_length_exceeded", GrokErrorKind.ContextLength)]
    [InlineData("rate_limit_exceeded", GrokErrorKind.RateLimit)]
    [InlineData(null, GrokErrorKind.Server)]
    public async Task Kind_of_a_failed_response_is_that_of_its_error_type(string? type, GrokErrorKind kind)
    {
        var more = type is null ? "" : $",\"error_type\":\"{type}\"";
        using var client = Some.Client(_handler.Json($$"""{"id":"resp_x","status":"failed","error":{"code":"server_error","message":"It failed."}{{more}}}"""));
        Assert.Equal(kind, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).Kind);
    }

    [Theory]
    [InlineData("retry-after-ms", "1500", null, 1.5)]
    [InlineData("x-ms-retry-after-ms", "250", "7", 0.25)]
    [InlineData("retry-after-ms", "soon", "7", 7.0)]
    [InlineData("retry-after-ms", "-5", "7", 7.0)]
    [InlineData("other", "1", null, null)]
    public async Task Wait_is_read_from_the_most_exact_header(string name, string value, string? seconds, double? wait)
    {
        (string, string)[] headers = seconds is null ? [(name, value)] : [(name, value), ("Retry-After", seconds)];
        using var client = Some.Client(_handler.Json("""{"error":{"message":"Slow down."}}""", 429, headers));
        Assert.Equal(wait, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("""{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[1,{"a":1},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"64400s"}]}}""", 64400.0)]
    [InlineData("""[{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"1.5s"}]}}]""", 1.5)]
    [InlineData("""{"error":{"message":"m","details":[{"retryDelay":"soon"},{"retryDelay":"xs"}]}}""", null)]
    [InlineData("""{"error":{"message":"m","details":"none"}}""", null)]
    [InlineData("""{"error":{"code":"429","message":"Requests have exceeded the rate limit. Please retry after 12 seconds."}}""", 12.0)]
    public async Task Wait_is_read_from_the_body(string body, double? wait)
    {
        using var client = Some.Client(_handler.Json(body, 429));
        Assert.Equal(wait, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).RetryAfter?.TotalSeconds);
    }

    [Theory]
    [InlineData("x-request-id")]
    [InlineData("apim-request-id")]
    [InlineData("x-ms-request-id")]
    [InlineData("x-amzn-requestid")]
    [InlineData("opc-request-id")]
    [InlineData("x-litellm-call-id")]
    [InlineData("cf-aig-log-id")]
    public async Task Request_id_is_read_from_the_header_of_each_host(string name)
    {
        using var client = Some.Client(_handler.Json("""{"error":"No."}""", 400, (name, "id-1")));
        Assert.Equal("id-1", (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).RequestId);
    }

    [Theory]
    [InlineData("Model prod-chat does not support presence_penalty", null, "presence_penalty")]
    [InlineData("This model does not support parameter presencePenalty.", null, "presence_penalty")]
    [InlineData("This model doesn't support the temperature field.", null, "temperature")]
    [InlineData("Unsupported parameter: 'temperature'", null, "temperature")]
    [InlineData("Unknown parameter: `temperature`.", null, "temperature")]
    [InlineData("This value is not supported with this model.", "temperature", "temperature")]
    [InlineData("This value is too high.", "temperature", null)]
    [InlineData("Model prod-chat does not support images", null, null)]
    [InlineData("Unsupported parameter: 'store'", null, null)]
    public void Refused_parameter_is_found_in_the_words_of_each_host(string words, string? parameter, string? name) => Assert.Equal(name, RefusedParameter.Find(
        new GrokException(GrokErrorKind.InvalidRequest, "It failed.") { ServiceMessage = words, Parameter = parameter },
        new("""{"model":"m","input":[],"store":true,"temperature":1,"presence_penalty":1}"""u8.ToArray())));

    [Fact]
    public void Refused_parameter_is_that_of_the_error_when_its_code_says_so() => Assert.Equal("temperature", RefusedParameter.Find(
        new GrokException(GrokErrorKind.InvalidRequest, "It failed.") { ServiceMessage = "No.", Code = "unsupported_parameter", Parameter = "temperature" }, new("""{"temperature":1}"""u8.ToArray())));

    [Theory]
    [InlineData("https://res.services.ai.azure.com/v1", 404, """{"error":{"code":"404","message":"Resource not found"}}""", "has the form https://RESOURCE.services.ai.azure.com/openai/v1")]
    [InlineData("https://res.services.ai.azure.com", 404, """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}""", "it must be the name of a deployment")]
    [InlineData("https://openrouter.ai/v1", 404, "<html>", "has the form https://openrouter.ai/api/v1")]
    public async Task Error_of_a_known_host_names_what_it_expects(string endpoint, int status, string body, string hint)
    {
        using var client = Some.Client(_handler.Json(body, status), o => o.Endpoint = new(endpoint));
        Assert.Contains(hint, (await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler))).Message, StringComparison.Ordinal);
    }
}
