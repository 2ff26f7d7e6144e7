using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Serialization;

/// <summary>Metadata of an answer with an unknown shape must not lose the answer, which was billed.</summary>
public class MalformedMetadataTests
{
    private readonly StubHandler _handler = new();

    [Fact]
    public async Task Malformed_numbers_do_not_lose_the_response()
    {
        var body = """{"id":"r","status":"completed","created_at":1700000000.5,"completed_at":"soon","output":[OUT],"usage":{"input_tokens":1.0,"output_tokens":"2","total_tokens":[3],"cost_in_usd_ticks":1e300}}"""
            .Replace("OUT", Some.Message("paid for"), StringComparison.Ordinal);
        using var client = Some.Client(_handler);
        foreach (var response in (ChatResponse[])[await client.Whole(_handler.Json(body)), await client.Streamed(_handler.Json(body))])
        {
            Assert.Equal(("paid for", 1, 2, 1700000000L), (response.Text, response.Usage!.InputTokenCount, response.Usage.OutputTokenCount, response.CreatedAt!.Value.ToUnixTimeSeconds()));
            Assert.Null(response.Usage.GetCostInUsd());
        }
    }

    [Theory]
    [InlineData("usage", "5")]
    [InlineData("usage", "\"none\"")]
    [InlineData("usage", "[{\"input_tokens\":1}]")]
    [InlineData("usage", "{\"input_tokens\":1,\"input_tokens_details\":[1]}")]
    [InlineData("incomplete_details", "\"max_output_tokens\"")]
    [InlineData("incomplete_details", "{\"reason\":{\"a\":[1]}}")]
    [InlineData("reasoning", "[]")]
    [InlineData("reasoning", "{\"effort\":3}")]
    public async Task Malformed_objects_do_not_lose_the_response(string member, string json)
    {
        var (answer, more) = (Some.Message("paid for"), $"\"{member}\":{json}");
        using var client = Some.Client(_handler);
        foreach (var status in (string[])["completed", "incomplete"])
        {
            var whole = await client.Whole(_handler.Json(Some.Answer(answer, status, more)));
            var streamed = await client.Streamed(_handler.Sse(Some.Created, Some.TextDelta("paid "), Some.Completed(answer, status, more)));
            foreach (var response in (ChatResponse[])[whole, streamed])
            {
                Assert.Equal(("paid for", Some.Id, status == "completed" ? ChatFinishReason.Stop : ChatFinishReason.Length), (response.Text, response.ConversationId, response.FinishReason));
                Assert.Equal(member == "usage" ? null : 216, response.Usage?.InputTokenCount);
            }
        }
    }

    [Theory]
    [InlineData("{\"city\":\"Oslo\",\"days\":2}", "city=Oslo,days=2")]
    [InlineData("{}", "")]
    [InlineData("{\"city\":\"Oslo\"},\"id\":5", null)]
    [InlineData("{\"city\":\"Oslo\"},\"x\":1,\"x\":2", null)]
    public async Task Function_call_arguments_may_be_a_JSON_object(string arguments, string? read)
    {
        var item = $$"""{"id":"fc_1","type":"function_call","call_id":"call_1","name":"f","arguments":{{arguments}},"status":"completed"}""";
        using var client = Some.Client(_handler);
        var whole = await client.Whole(_handler.Json(Some.Answer(item)));
        var streamed = await client.Streamed(_handler.Sse(Some.Created, Some.Done(0, item), Some.Completed(item)));
        foreach (var response in (ChatResponse[])[whole, streamed])
        {
            Assert.Equal(read is null ? ChatFinishReason.Stop : ChatFinishReason.ToolCalls, response.FinishReason);
            var call = response.Messages[0].Contents.OfType<FunctionCallContent>().SingleOrDefault();
            Assert.Equal(("call_1", read), call is { InformationalOnly: false } ? (call.CallId, string.Join(',', call.Arguments!.Select(static a => $"{a.Key}={a.Value}"))) : ("call_1", null));
        }
    }
}
