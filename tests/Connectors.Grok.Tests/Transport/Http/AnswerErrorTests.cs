using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Tests.Support;
using Connectors.Grok.Transport.Http;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Errors inside answers with a successful status.</summary>
public class AnswerErrorTests
{
    private readonly StubHandler _handler = new();

    [Theory]
    [InlineData("""{"type":"error","error":{"type":"insufficient_quota","message":"m"}}""", GrokErrorKind.Quota, null, false)]
    [InlineData("""{"type":"error","code":"insufficient_quota","message":"m"}""", GrokErrorKind.Quota, null, false)]
    [InlineData("""{"type":"error","status":429,"error":{"code":"insufficient_quota","message":"m"}}""", GrokErrorKind.Quota, 429, false)]
    [InlineData("""{"type":"error","error":{"type":"too_many_requests","message":"m"}}""", GrokErrorKind.RateLimit, null, true)]
    [InlineData("""{"type":"error","error":{"error":{"code":"too_many_requests","message":"m"}}}""", GrokErrorKind.RateLimit, null, true)]
    [InlineData("""{"error":{"type":"rate_limit_error","message":"m"}}""", GrokErrorKind.RateLimit, null, true)]
    [InlineData("""{"type":"error","code":429,"message":"m"}""", GrokErrorKind.RateLimit, 429, true)]
    [InlineData("""{"type":"error","code":503,"message":"m"}""", GrokErrorKind.Server, 503, true)]
    [InlineData("""{"type":"error","code":"529","message":"overloaded"}""", GrokErrorKind.Overload, 529, true)]
    [InlineData("""{"type":"error","error":{"code":401,"message":"m"}}""", GrokErrorKind.Authentication, 401, false)]
    [InlineData("""{"type":"error","error":{"code":404,"message":"m"}}""", GrokErrorKind.InvalidRequest, 404, false)]
    [InlineData("""{"type":"error","status":400,"error":{"code":"x","message":"m"}}""", GrokErrorKind.InvalidRequest, 400, false)]
    [InlineData("""{"type":"error","status":400,"error":{"code":503,"message":"m"}}""", GrokErrorKind.InvalidRequest, 400, false)]
    [InlineData("""{"type":"error","code":7,"message":"m"}""", GrokErrorKind.Server, null, true)]
    [InlineData("""{"type":"error","code":600,"message":"m"}""", GrokErrorKind.Server, null, true)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"type":"insufficient_quota","message":"m"}}}""", GrokErrorKind.Quota, null, false)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"code":503,"message":"m"}}}""", GrokErrorKind.Server, 503, true)]
    [InlineData("""{"type":"response.failed","response":{"status":"failed","error":{"error":{"code":"too_many_requests","message":"m"}}}}""", GrokErrorKind.RateLimit, null, true)]
    public async Task Error_in_a_stream_has_the_kind_of_its_code_type_or_number(string frame, GrokErrorKind kind, int? status, bool isTransient)
    {
        using var client = Some.Client(_handler.Sse(Some.Created, frame));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal((kind, status, isTransient), (e.Kind, e.Status, e.IsTransient));
        Assert.Contains(e.ServiceMessage, (string[])["m", "overloaded"]);
    }

    [Theory]
    [InlineData("""{"error":{"message":"m","type":"insufficient_quota","code":null}}""", GrokErrorKind.Quota)]
    [InlineData("""{"error":{"message":"m","type":"too_many_requests"}}""", GrokErrorKind.RateLimit)]
    [InlineData("""{"message":"m","type":"insufficient_quota"}""", GrokErrorKind.Quota)]
    public async Task Error_with_a_status_has_the_kind_of_its_type(string body, GrokErrorKind kind)
    {
        using var client = Some.Client(_handler.Json(body, 429));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Whole(_handler));
        Assert.Equal((kind, kind == GrokErrorKind.RateLimit, "m"), (e.Kind, e.IsTransient, e.ServiceMessage));
    }

    [Theory]
    [InlineData("""{"code":"insufficient_quota","error":"No credits."}""", GrokErrorKind.Quota, "No credits.", "insufficient_quota")]
    [InlineData("{\n  \"error\": {\n    \"message\": \"It broke.\",\n    \"code\": 503\n  }\n}\n", GrokErrorKind.Server, "It broke.", "503")]
    [InlineData("\"Slow down.\"", GrokErrorKind.Server, "Slow down.", null)]
    [InlineData("upstream connect error or disconnect/reset before headers", GrokErrorKind.Server, "upstream connect error or disconnect/reset before headers", null)]
    [InlineData("no healthy upstream\nretry: later\n", GrokErrorKind.Server, "no healthy upstream\nretry: later", null)]
    [InlineData(": ping\n\nThe model is currently at capacity due to high demand.\n\n", GrokErrorKind.RateLimit, "The model is currently at capacity due to high demand.", null)]
    public async Task Bare_body_of_an_event_stream_is_the_error_of_the_service(string body, GrokErrorKind kind, string words, string? code)
    {
        using var client = Some.Client(_handler.Text(body, "text/event-stream"));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal((kind, words, code), (e.Kind, e.ServiceMessage, e.Code));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Plain_words_with_status_200_keep_the_words(bool stream)
    {
        using var client = Some.Client(_handler.Text("no healthy upstream", "text/plain"));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Ask(stream, [new(ChatRole.User, "q")]));
        Assert.Equal((GrokErrorKind.Server, "no healthy upstream", false), (e.Kind, e.ServiceMessage, e.IsTransient));
    }

    [Theory]
    [InlineData("text/plain", "event: response.created\ndata: {\"type\":\"response.created\"}\n\n")]
    [InlineData("text/plain", "data: secret\n\n")]
    [InlineData("text/event-stream", "dat: {\"delta\":\"secret\"}\n\n")]
    public async Task Answer_in_a_wrong_form_is_not_passed_on_as_words(string mediaType, string body)
    {
        using var client = Some.Client(_handler.Text(body, mediaType).Text(new string('x', 2001), mediaType));
        for (var i = 0; i < 2; i++)
        {
            var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
            Assert.Equal((GrokErrorKind.Server, null), (e.Kind, e.ServiceMessage));
            Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bare_response_under_an_event_stream_is_the_answer()
    {
        using var client = Some.Client(_handler.Text(JsonNode.Parse(Some.Answer(Some.Message("Hello")))!.ToJsonString(new JsonSerializerOptions { WriteIndented = true }), "text/event-stream"));
        var answer = await client.Streamed(_handler);
        Assert.Equal(("Hello", Some.Id, ChatFinishReason.Stop), (answer.Text, answer.ConversationId, answer.FinishReason));
    }

    [Theory]
    [InlineData("<html><body>no healthy upstream</body></html>", GrokErrorKind.Server)]
    [InlineData("", GrokErrorKind.StreamBroken)]
    [InlineData("event: ping\nid: 7\nretry: 10\n\n", GrokErrorKind.StreamBroken)]
    [InlineData("{\"error\":{\"message\":\"cut o", GrokErrorKind.StreamBroken)]
    [InlineData("{\"status\":\"ok\"}", GrokErrorKind.Server)]
    public async Task Stream_without_events_and_without_an_error_throws(string body, GrokErrorKind kind)
    {
        using var client = Some.Client(_handler.Text(body, "text/event-stream"));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal((kind, null), (e.Kind, e.ServiceMessage));
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x20 })]
    [InlineData(new byte[] { 1, 2, 3 })]
    public async Task Bytes_that_are_no_text_are_not_passed_on_as_words(byte[] body)
    {
        using var client = Some.Client(_handler.Stream(() => new MemoryStream(body)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal((GrokErrorKind.Server, null, false), (e.Kind, e.ServiceMessage, e.IsTransient));
    }

    [Fact]
    public async Task Error_object_without_a_data_prefix_ends_a_begun_stream_with_its_words()
    {
        using var client = Some.Client(_handler.Text(StubHandler.Frames(Some.Created, Some.TextDelta("Hi")) + """{"error":{"code":503,"message":"It broke."}}""", "text/event-stream"));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler));
        Assert.Equal((GrokErrorKind.Server, "It broke.", 503), (e.Kind, e.ServiceMessage, e.Status));
    }

    [Fact]
    public async Task Text_between_events_is_ignored()
    {
        var frames = StubHandler.Frames(Some.Created, Some.TextDelta("Hi"), Some.Completed(Some.Message("Hi")));
        using var client = Some.Client(_handler.Text(frames.Replace("\n\n", "\n\nnoise\n\n", StringComparison.Ordinal), "text/event-stream"));
        Assert.Equal("Hi", (await client.Streamed(_handler)).Text);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    [InlineData("\r")]
    public async Task Complete_last_event_without_its_blank_line_ends_the_answer(string end)
    {
        var frames = StubHandler.Frames(Some.Created, Some.TextDelta("Hi"), Some.Completed(Some.Message("Hi"))).TrimEnd() + end;
        for (var atOnce = 1; atOnce < 2000; atOnce = (atOnce * 7) + 1)
        {
            var size = atOnce;
            using var client = Some.Client(_handler.Stream(() => new DripStream(Encoding.UTF8.GetBytes(frames), size)));
            var answer = await client.Streamed(_handler);
            Assert.Equal(("Hi", ChatFinishReason.Stop, Some.Id), (answer.Text, answer.FinishReason, answer.ConversationId));
        }
    }

    [Fact]
    public async Task Complete_last_event_is_taken_when_the_connection_breaks_after_it()
    {
        var frames = StubHandler.Frames(Some.Created, Some.Completed(Some.Message("Hi"))).TrimEnd();
        using var client = Some.Client(_handler.Stream(() => new DripStream(Encoding.UTF8.GetBytes(frames), 100, DripEnd.Breaks)));
        Assert.Equal("Hi", (await client.Streamed(_handler)).Text);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    public async Task Incomplete_last_event_breaks_the_stream_after_the_events_before_it(int cut)
    {
        var frames = StubHandler.Frames(Some.Created, Some.TextDelta("Hi"), Some.TextDelta("!")).TrimEnd() + "\n\n" + StubHandler.Frames(Some.Completed(Some.Message("Hi!"))).TrimEnd()[..^cut];
        using var client = Some.Client(_handler.Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(frames))));
        var text = "";
        var e = await Assert.ThrowsAsync<GrokException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("q"))
            {
                text += update.Text;
            }
        });
        Assert.Equal((GrokErrorKind.StreamBroken, "The stream stopped before the end of the answer.", "Hi!"), (e.Kind, e.Message, text));
    }

    [Fact]
    public void Type_of_an_error_is_kept_beside_its_code()
    {
        var error = ErrorBody.Parse("""{"error":{"code":"c","type":"t","message":"m"}}""");
        Assert.Equal(("c", "t", "m"), (error.Code, error.Type, error.Message));
    }
}
