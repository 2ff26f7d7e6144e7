using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>The metadata of a response: missing values and limits.</summary>
public class ResponseCompletionTests
{
    [Theory]
    [InlineData(null, false)]
    [InlineData(-1L, false)]
    [InlineData(0L, false)]
    [InlineData(1L, true)]
    [InlineData(253402300799L, true)]
    [InlineData(253402300800L, false)]
    public void CreatedAt_is_null_for_a_timestamp_out_of_range(long? seconds, bool isTime) =>
        Assert.Equal(isTime ? DateTimeOffset.UnixEpoch.AddSeconds(seconds!.Value) : null, ResponseCompletion.CreatedAt(new GrokResponse { CreatedAt = seconds }));

    [Fact]
    public void Message_has_substance_when_one_part_has_text()
    {
        var (empty, text, refusal) = (new OutputTextPart { Text = "" }, new OutputTextPart { Text = "a" }, new RefusalPart { Refusal = "No." });
        Assert.All((ResponsePart[][])[[text], [empty, text], [refusal, empty]], static parts => Assert.True(ResponseCompletion.HasSubstance(new MessageItem { Content = parts })));
        Assert.All((ResponsePart[]?[])[null, [], [empty], [new OutputTextPart()]], static parts => Assert.False(ResponseCompletion.HasSubstance(new MessageItem { Content = parts })));
    }

    [Fact]
    public void Response_properties_hold_service_metadata_and_are_null_without_any()
    {
        var properties = ResponseCompletion.Properties(new GrokResponse { ServiceTier = "priority", Headers = new ResponseHeaders("req-1", false) { RemainingRequests = 7, RemainingTokens = 9 } })!;
        Assert.Equal(["ratelimit_remaining_requests=7", "ratelimit_remaining_tokens=9", "request_id=req-1", "service_tier=priority"], properties.Select(static p => $"{p.Key}={p.Value}").Order());
        Assert.Null(ResponseCompletion.Properties(new GrokResponse { Headers = new ResponseHeaders(null, false) }));
    }
}
