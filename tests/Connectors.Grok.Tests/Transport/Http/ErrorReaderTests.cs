using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

public class ErrorReaderTests
{
    [Theory]
    [InlineData(400, """{"code":"invalid-argument","error":"Incorrect API key provided: xx***yy. You can obtain an API key from https://console.x.ai."}""", GrokErrorKind.Authentication)]
    [InlineData(401, """{"code":"unauthenticated:no-credentials","error":"No credentials presented."}""", GrokErrorKind.Authentication)]
    [InlineData(403, """{"code":"permission-denied","error":"Access to the chat endpoint is denied."}""", GrokErrorKind.Permission)]
    [InlineData(403, """{"code":"permission-denied","error":"Your team 1 has either used all available credits or reached its monthly spending limit."}""", GrokErrorKind.Quota)]
    [InlineData(403, """{"code":"The caller does not have permission to execute the specified operation","error":"Content violates usage guidelines. Failed check: SAFETY_CHECK_TYPE_BIO"}""", GrokErrorKind.ContentPolicy)]
    [InlineData(400, """{"code":"400","error":"Argument not supported: presence_penalty"}""", GrokErrorKind.InvalidRequest)]
    [InlineData(400, """{"code":"invalid-argument","error":"Could not decrypt the provided encrypted_content. Ensure the value is the unmodified encrypted_content from a previous response."}""", GrokErrorKind.EncryptedContentRejected)]
    [InlineData(400, """{"error":"This model's maximum prompt length is 500000 but the request contains 637815 tokens."}""", GrokErrorKind.ContextLength)]
    [InlineData(404, """{"code":"not-found","error":"Response with id=abc not found"}""", GrokErrorKind.UnknownResponse)]
    [InlineData(404, """{"error":{"code":"not-found","message":"Response with id=abc not found"}}""", GrokErrorKind.UnknownResponse)]
    [InlineData(404, """{"code":"not-found","error":"Previous response cannot be used for this organization due to Zero Data Retention"}""", GrokErrorKind.UnknownResponse)]
    [InlineData(400, """{"error":{"code":"previous_response_not_found","message":"Previous response with id 'resp_abc' not found.","param":"previous_response_id"}}""", GrokErrorKind.UnknownResponse)]
    [InlineData(404, """{"code":"not-found","error":"The model grok-9 does not exist or your team 1 does not have access to it."}""", GrokErrorKind.UnknownModel)]
    [InlineData(404, """{"code":"Some requested entity was not found","error":"The model grok-2-1212 was deprecated on 2025-09-15 and is no longer accessible via the API."}""", GrokErrorKind.UnknownModel)]
    [InlineData(404, "No handler found on route /v1/nothing", GrokErrorKind.InvalidRequest)]
    [InlineData(404, "No handler found on route POST /foo/responses", GrokErrorKind.InvalidRequest)]
    [InlineData(402, """{"error":"Payment required"}""", GrokErrorKind.Quota)]
    [InlineData(400, "7", GrokErrorKind.InvalidRequest)]
    [InlineData(410, """{"error":"Live search is deprecated. Please switch to the Agent Tools API"}""", GrokErrorKind.InvalidRequest)]
    [InlineData(422, "Failed to deserialize the JSON body into the target type: missing field `input` at line 1 column 2", GrokErrorKind.InvalidRequest)]
    [InlineData(429, """{"code":"resource-exhausted","error":"Too many requests for team 1 and model grok-4.5."}""", GrokErrorKind.RateLimit)]
    [InlineData(429, """{"code":"resource-exhausted","error":"Free usage quota exceeded. Purchase credits"}""", GrokErrorKind.Quota)]
    [InlineData(429, """{"code":429,"error":"Blocked. [WKE=personal-team-blocked:spending-limit]"}""", GrokErrorKind.Quota)]
    [InlineData(429, """{"code":"subscription:free-usage-exhausted","error":"Out."}""", GrokErrorKind.Quota)]
    [InlineData(503, """{"code":"The service is currently unavailable","error":"Service temporarily unavailable."}""", GrokErrorKind.Server)]
    [InlineData(500, "\"{\\\"error\\\":\\\"double\\\"}\"", GrokErrorKind.Server)]
    [InlineData(502, "", GrokErrorKind.Server)]
    public async Task Error_kind_is_derived_from_status_code_and_message(int status, string body, GrokErrorKind kind)
    {
        using var client = Some.Client(new StubHandler().Text(body, "application/json", status, ("x-request-id", "req-1")));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetService<GrokResponsesClient>()!.ListModelsAsync());

        Assert.Equal(kind, e.Kind);
        Assert.Equal(status, e.Status);
        Assert.Equal("req-1", e.RequestId);
        Assert.Equal(body, e.Body);
        Assert.Contains("req-1", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xai-test", e.ToString(), StringComparison.Ordinal);
        Assert.Equal(kind is GrokErrorKind.RateLimit || status == 503, e.IsTransient);
        Assert.DoesNotContain('{', e.Message);
    }

    [Theory]
    [InlineData(520)]
    [InlineData(200)]
    [InlineData(404)]
    public async Task HTML_page_is_reported_with_its_content_type_and_host(int status)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        foreach (var call in (Func<Task>[])[() => client.Whole(handler), () => client.Streamed(handler)])
        {
            handler.Text("<!DOCTYPE html><html><body>cf</body></html>", "text/html", status);
            var e = await Assert.ThrowsAsync<GrokException>(call);
            Assert.Contains("text/html", e.Message, StringComparison.Ordinal);
            Assert.Contains("127.0.0.1", e.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("<html>", e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("resource-exhausted", GrokErrorKind.RateLimit)]
    [InlineData("invalid_image", GrokErrorKind.InvalidRequest)]
    [InlineData("permission-denied", GrokErrorKind.Permission)]
    [InlineData("server_error", GrokErrorKind.Server)]
    public async Task Stream_error_kind_is_derived_from_its_code(string code, GrokErrorKind kind)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(handler.Sse($$"""{"type":"error","code":"{{code}}","message":"m"}""")));
        Assert.Equal((kind, code, "m"), (e.Kind, e.Code, e.ServiceMessage));
    }

    [Fact]
    public async Task Redirect_is_reported_and_not_followed()
    {
        using var client = Some.Client(new StubHandler().Text("", "text/plain", 302, ("Location", "https://elsewhere.example/v1/responses")));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Contains("elsewhere.example", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServiceMessage_holds_the_services_message_alone()
    {
        using var client = Some.Client(new StubHandler().Json($$"""{"code":"not-found","error":"Response with id={{Some.Id}} not found"}""", 404));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q", new ChatOptions { ConversationId = Some.Id }));
        Assert.Equal($"Response with id={Some.Id} not found", e.ServiceMessage);
        Assert.Contains("30 days", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"output\":")]
    public async Task Unreadable_body_with_status_200_is_a_server_error(string body)
    {
        using var client = Some.Client(new StubHandler().Json(body));
        Assert.Equal(GrokErrorKind.Server, (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"))).Kind);
    }

    [Fact]
    public async Task Error_body_with_status_200_throws()
    {
        using var client = Some.Client(new StubHandler().Json("""{"error":{"code":"server_error","message":"It broke."}}"""));
        Assert.Contains("It broke.", (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Error_body_is_read_up_to_16_KiB()
    {
        using var client = Some.Client(new StubHandler().Text(new string('x', 100_000), "text/plain", 500));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        Assert.Equal(16 * 1024, e.Body!.Length);
        Assert.True(e.Message.Length < 1200);
    }

    [Fact]
    public async Task Retry_after_header_sets_RetryAfter()
    {
        using var client = Some.Client(new StubHandler().Json("""{"code":"resource-exhausted","error":"Too many requests"}""", 429, ("Retry-After", "17")));
        Assert.Equal(TimeSpan.FromSeconds(17), (await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"))).RetryAfter);
    }
}
