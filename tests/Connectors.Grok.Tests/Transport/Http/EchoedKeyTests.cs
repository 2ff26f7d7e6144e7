using System.Net;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>The API key is redacted in exceptions when the service echoes it, in any member and encoding.</summary>
public class EchoedKeyTests
{
    private const string Key = "xai-test";

    [Theory]
    [InlineData("""{"code":"no xai-test","error":"Key xai-test is wrong."}""", "req xai-test", """{"code":"no ***","error":"Key *** is wrong."}""")]
    [InlineData("""{"error":"Key xai\u002dtest is wrong."}""", "req", null)]
    [InlineData("""{"code":"xai\u002dtest","error":"Wrong."}""", "req", null)]
    [InlineData("""{"error":"Wrong.","more":"xai-test"}""", "req", """{"error":"Wrong.","more":"***"}""")]
    public async Task Echoed_key_is_redacted_in_an_error_response(string body, string requestId, string? kept)
    {
        using var client = Some.Client(new StubHandler().Json(body, 401, ("x-request-id", requestId)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        AssertRedacted(e);
        Assert.Equal(kept, e.Body);
        Assert.Equal(requestId.Replace(Key, "***", StringComparison.Ordinal), e.RequestId);
    }

    [Fact]
    public void Echoed_key_is_redacted_in_an_error_inside_a_response()
    {
        var e = ErrorReader.FromAnswer(new ErrorBody("no xai-test", "Key xai-test is wrong."), new ResponseHeaders(null, false), Some.Settings());
        AssertRedacted(e);
        Assert.Equal(("no ***", "Key *** is wrong."), (e.Code, e.ServiceMessage));
    }

    [Fact]
    public async Task Echoed_key_is_redacted_in_the_request_id_of_an_unreadable_response()
    {
        using var client = Some.Client(new StubHandler().Json("[]", 200, ("x-request-id", "req xai-test")));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        AssertRedacted(e);
        Assert.Equal("req ***", e.RequestId);
    }

    [Theory]
    [InlineData("Received an invalid status line: 'SSH-2.0 xai-test'.", "http://127.0.0.1:1 cannot be reached: Received an invalid status line: 'SSH-2.0 ***'.", false)]
    [InlineData("Connection refused", "http://127.0.0.1:1 cannot be reached: Connection refused", true)]
    public async Task Echoed_key_is_redacted_when_the_service_does_not_speak_HTTP(string words, string message, bool hasCause)
    {
        using var client = Some.Client(new StubHandler().Throws(new HttpRequestException(words)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        AssertRedacted(e);
        Assert.Equal((message, hasCause), (e.Message, e.InnerException is not null));
    }

    [Theory]
    [InlineData(300, "The endpoint redirects to https://example.com/?k=***.")]
    [InlineData(302, "The endpoint redirects to https://example.com/?k=***.")]
    [InlineData(399, "The endpoint redirects to https://example.com/?k=***.")]
    [InlineData(400, "Down.")]
    [InlineData(503, "Down.")]
    public async Task Location_is_reported_for_redirects_only_with_the_key_redacted(int status, string words)
    {
        using var client = Some.Client(new StubHandler().Json("""{"error":"Down."}""", status, ("Location", "https://example.com/?k=xai-test")));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync("q"));
        AssertRedacted(e);
        Assert.Contains(words, e.Message, StringComparison.Ordinal);
    }

    private static void AssertRedacted(GrokException e) =>
        Assert.DoesNotContain(Key, string.Join('\n', e.ToString(), e.Code, e.Body, e.RequestId, e.ServiceMessage, WebUtility.UrlDecode(e.Message)), StringComparison.Ordinal);
}
