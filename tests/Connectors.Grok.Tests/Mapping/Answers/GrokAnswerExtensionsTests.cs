using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

public class GrokAnswerExtensionsTests
{
    private static readonly (string, string)[] Headers = [("x-request-id", "req-1"), ("x-ratelimit-remaining-requests", "479"), ("x-ratelimit-remaining-tokens", "9000")];

    [Fact]
    public async Task Response_metadata_is_read_from_response_and_message_and_survives_JSON()
    {
        using var client = Some.Client(new StubHandler().Json(Some.Answer(Some.Message("ok"), more: "\"service_tier\":\"priority\""), 200, Headers));
        var answer = await client.GetResponseAsync("q");
        Assert.Equal(("req-1", "priority", new GrokRateLimit(479, 9000), 0.0003244m), (answer.GetRequestId(), answer.GetServiceTier(), answer.GetRateLimit(), answer.GetCostInUsd()));
        Assert.Equal(("req-1", "priority", new GrokRateLimit(479, 9000)), (answer.Messages[0].GetRequestId(), answer.Messages[0].GetServiceTier(), answer.Messages[0].GetRateLimit()));
        Assert.Null(answer.GetRebuildReason());
        Assert.Null(answer.GetTurnId());

        // As a host saves it.
        var kept = JsonSerializer.Deserialize<ChatResponse>(JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;
        Assert.Equal(("req-1", new GrokRateLimit(479, 9000), 0.0003244m), (kept.GetRequestId(), kept.GetRateLimit(), kept.GetCostInUsd()));
    }

    [Fact]
    public async Task Stream_metadata_is_set_on_the_terminal_update_and_the_coalesced_response()
    {
        var handler = new StubHandler().Reply(static () =>
        {
            var content = new ByteArrayContent(Encoding.UTF8.GetBytes(StubHandler.Frames(Some.Created, Some.TextDelta("ok"), Some.Completed(Some.Message("ok"), more: "\"service_tier\":\"default\""))));
            content.Headers.ContentType = new MediaTypeHeaderValue("text/event-stream");
            var response = new HttpResponseMessage { Content = content };
            foreach (var (name, value) in Headers)
            {
                response.Headers.Add(name, value);
            }

            return response;
        });
        using var client = Some.Client(handler);
        var updates = await client.GetStreamingResponseAsync("q").ToListAsync();
        var last = updates[^1];
        Assert.Equal(("req-1", "default", new GrokRateLimit(479, 9000), 0.0003244m), (last.GetRequestId(), last.GetServiceTier(), last.GetRateLimit(), last.GetCostInUsd()));
        Assert.Null(updates[0].GetRequestId());
        var answer = updates.ToChatResponse();
        Assert.Equal(("req-1", "default", new GrokRateLimit(479, 9000), 0.0003244m), (answer.GetRequestId(), answer.GetServiceTier(), answer.GetRateLimit(), answer.GetCostInUsd()));
    }

    [Theory]
    [InlineData(1000L, 250L, 0.25)]
    [InlineData(1000L, 0L, 0.0)]
    [InlineData(1000L, null, null)]
    [InlineData(0L, 0L, null)]
    [InlineData(null, 5L, null)]
    public void Cached_share_is_that_of_the_input_tokens(long? input, long? cached, double? share) =>
        Assert.Equal(share, new UsageDetails { InputTokenCount = input, CachedInputTokenCount = cached }.GetCachedShare());

    [Fact]
    public void Missing_response_metadata_is_null()
    {
        var answer = new ChatResponse(new ChatMessage(ChatRole.Assistant, "ok"));
        Assert.Null(answer.GetRequestId());
        Assert.Null(answer.GetServiceTier());
        Assert.Null(answer.GetRateLimit());
        Assert.Null(answer.GetCostInUsd());
        Assert.Equal(0, new UsageDetails().GetServerSideToolsUsed());
        Assert.Throws<ArgumentNullException>("response", () => ((ChatResponse)null!).GetRequestId());
        Assert.Throws<ArgumentNullException>("response", () => ((ChatResponse)null!).GetRateLimit());
        Assert.Throws<ArgumentNullException>("response", () => ((ChatMessage)null!).GetRequestId());
        Assert.Throws<ArgumentNullException>("response", () => ((ChatResponseUpdate)null!).GetRequestId());
    }

    [Fact]
    public void Response_metadata_comes_from_the_last_message_that_has_it()
    {
        static ChatMessage Message(params (string Key, object Value)[] properties) => new(ChatRole.Assistant, "ok") { AdditionalProperties = new(properties.Select(static f => KeyValuePair.Create(f.Key, (object?)f.Value))) };
        var answer = new ChatResponse([Message((GrokKeys.Answer.RequestId, "one"), (GrokKeys.Answer.Rebuilt, "Expired"), (GrokKeys.Answer.Turn, "t1")), Message((GrokKeys.Answer.RequestId, "two"), (GrokKeys.Answer.Turn, "t2"))]);
        Assert.Equal(("two", RebuildReason.Expired, "t2"), (answer.GetRequestId(), answer.GetRebuildReason(), answer.GetTurnId()));
        Assert.Equal(RebuildReason.Expired, answer.Messages[0].GetRebuildReason());
        Assert.Null(answer.Messages[1].GetRebuildReason());
    }
}
