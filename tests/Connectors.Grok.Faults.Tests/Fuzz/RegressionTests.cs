using System.Text;
using System.Text.Json;
using Connectors.Grok.Conversations;
using Connectors.Grok.Faults.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>Failures found by the fuzz run, reduced to minimal cases.</summary>
public class RegressionTests
{
    private const string Head = "\"id\":\"1\",\"model\":\"grok-4.7\",\"store\":true,\"status\":";
    private const string Hi = """{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"}]}""";

    private readonly BytesTransport _transport = new();

    [Theory]
    [InlineData($"null,{Hi}")]
    [InlineData("""{"type":"message","role":"assistant","content":[null,{"type":"output_text","text":"Hi","annotations":[null]}]}""")]
    [InlineData("""{"type":"reasoning","summary":[null]},{"type":"message","role":"assistant","content":[{"type":"output_text","text":"Hi"},null]}""")]
    public async Task Null_items_and_parts_are_ignored(string output)
    {
        foreach (var answer in await BothAsync($$"""{{{Head}}"completed","output":[{{output}}],"tools":[null]}"""))
        {
            Assert.Equal("Hi", answer.Text);
            Assert.Equal("1", answer.ConversationId);
        }
    }

    [Theory]
    [InlineData("""{"error":"\ud800"}""")]
    [InlineData("""{"error":{"message":"\ud800","code":"\udc00"}}""")]
    [InlineData("""{"type":"error","message":"\ud800"}""")]
    [InlineData("""{"\ud800":1,"error":{"\ud800":2}}""")]
    [InlineData("""{"error":"{\"error\":\"\\ud800\"}"}""")]
    [InlineData("""{"code":"\ud800","error":{"message":""}}""")]
    public async Task Error_with_a_lone_surrogate_throws_GrokException(string error)
    {
        await Assert.ThrowsAsync<GrokException>(() => StreamAsync(Frame(error)));
        await Assert.ThrowsAsync<GrokException>(() => WholeAsync(error, 200));
        await Assert.ThrowsAsync<GrokException>(() => WholeAsync(error, 503));
    }

    [Theory]
    [InlineData("""{"type":"function_call","call_id":"c","name":"f","arguments":"{}","status":{"\ud800":1}}""")]
    [InlineData("""{"type":"unheard_of","text":"\ud800"}""")]
    [InlineData("""{"type":"web_search_call","id":"w","action":{"type":"search","query":"\udc00"},"more":{"x":"\ud800"}}""")]
    [InlineData("""{"type":"message","role":"assistant","content":[{"type":"unheard_of","\ud800":"\ud800"}]}""")]
    public async Task Item_with_a_lone_surrogate_can_be_read_printed_and_sent_back(string item)
    {
        foreach (var answer in await BothAsync($$"""{{{Head}}"completed","output":[{{item}},{{Hi}}]}"""))
        {
            Assert.EndsWith("Hi", answer.Text, StringComparison.Ordinal);
            _ = string.Concat(answer.Messages[0].Contents.Select(static c => $"{c.RawRepresentation}"));
            _ = JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse)));
            var results = answer.Messages[0].Contents.OfType<FunctionCallContent>().Select(static c => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(c.CallId, "x")]));
            Answer($$"""{{{Head}}"completed","output":[{{Hi}}]}""", 200);
            using var grok = _transport.NewGrok();
            Assert.Equal("Hi", (await grok.GetResponseAsync([new(ChatRole.User, "q"), .. answer.Messages, .. results, new(ChatRole.User, "q")])).Text);
        }
    }

    [Fact]
    public async Task Invalid_UTF8_byte_becomes_U_FFFD_and_the_response_is_kept()
    {
        _transport.Answer = new([.. Encoding.UTF8.GetBytes($$"""{{{Head}}"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"H"""), 0xFF, .. "\"}]}]}"u8]) { ContentType = "application/json" };
        using var grok = _transport.NewGrok();
        Assert.Equal("H\uFFFD", (await grok.GetResponseAsync("q")).Text);
    }

    [Theory]
    [InlineData("Text/Event-Stream", true)]
    [InlineData("TEXT/EVENT-STREAM; charset=UTF-8", true)]
    [InlineData("APPLICATION/JSON", false)]
    public async Task Content_type_is_compared_without_case(string contentType, bool isStream)
    {
        var json = $$"""{{{Head}}"completed","output":[{{Hi}}]}""";
        _transport.Answer = new(Encoding.UTF8.GetBytes(isStream ? Frame($$"""{"type":"response.completed","response":{{json}}}""") : json)) { ContentType = contentType };
        using var grok = _transport.NewGrok();
        Assert.Equal("Hi", (await grok.GetStreamingResponseAsync("q").ToChatResponseAsync()).Text);
    }

    [Fact]
    public async Task HTML_content_type_in_capitals_is_detected()
    {
        _transport.Answer = new("no markup"u8.ToArray()) { ContentType = "TEXT/HTML", Status = 520 };
        using var grok = _transport.NewGrok();
        Assert.Null((await Assert.ThrowsAsync<GrokException>(() => grok.GetResponseAsync("q"))).ServiceMessage);
    }

    [Fact]
    public async Task Error_after_a_byte_order_mark_is_read()
    {
        var e = await Assert.ThrowsAsync<GrokException>(() => WholeAsync("\uFEFF{\"code\":\"resource-exhausted\",\"error\":\"slow down\"}", 429));
        Assert.Equal(("resource-exhausted", "slow down"), (e.Code, e.ServiceMessage));
    }

    [Theory]
    [InlineData("""{"type":"response.failed","response":5}""")]
    [InlineData("""{"type":"response.failed","response":{"output":5}}""")]
    [InlineData($$$"""{"type":"response.completed","response":{{{{Head}}}"failed","error":{"code":"server_error","message":"It broke."},"output":[]}}""")]
    [InlineData($$$"""{"type":"response.done","response":{{{{Head}}}"failed","output":[{{{Hi}}}]}}""")]
    public async Task Failed_response_throws_whatever_its_event_type(string failed) =>
        await Assert.ThrowsAsync<GrokException>(() => StreamAsync(Frame("""{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"H"}""")
            + Frame(failed) + Frame($$$"""{"type":"response.completed","response":{{{{Head}}}"completed","output":[{{{Hi}}}]}}""")));

    [Theory]
    [InlineData("""{"type":"mcp_call","id":"m","output":"x"}""")]
    [InlineData("""{"type":"mcp_call","id":" ","name":"","output":"x"}""")]
    [InlineData("""{"type":"web_search_call","id":""}""")]
    [InlineData("""{"type":"custom_tool_call","id":"","call_id":""}""")]
    public async Task Hosted_call_without_name_or_id_keeps_the_text(string call)
    {
        foreach (var answer in await BothAsync($$"""{{{Head}}"completed","output":[{{call}},{{Hi}}]}"""))
        {
            Assert.Equal("Hi", answer.Text);
        }
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    public async Task Incomplete_response_with_a_blank_reason_is_truncated_by_length(string reason)
    {
        foreach (var answer in await BothAsync($$"""{{{Head}}"incomplete","incomplete_details":{"reason":{{reason}}},"output":[{{Hi}}]}"""))
        {
            Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        }
    }

    [Fact]
    public async Task Stream_with_an_event_of_two_types_ends_once()
    {
        var response = $$"""{{{Head}}"completed","output":[{{Hi}}]}""";
        _transport.Answer = new(Encoding.UTF8.GetBytes(Frame($$"""{"type":"response.in_progress","type":"x","response":{{response}}}""") + Frame($$"""{"type":"response.completed","response":{{response}}}""")));
        using var grok = _transport.NewGrok();
        Assert.Single((await grok.GetStreamingResponseAsync("q").ToListAsync()).FindAll(static u => u.FinishReason is not null));
        Assert.Equal("Hi", (await grok.AsConversationClient(new InMemoryConversationStore()).GetStreamingResponseAsync("q").ToChatResponseAsync()).Text);
    }

    private static string Frame(string json) => $"data: {json}\n\n";

    private async Task<ChatResponse[]> BothAsync(string response) =>
        [await WholeAsync(response, 200), await StreamAsync(Frame($$"""{"type":"response.completed","response":{{response}}}"""))];

    private async Task<ChatResponse> WholeAsync(string body, int status)
    {
        Answer(body, status);
        using var grok = _transport.NewGrok();
        return await grok.GetResponseAsync("q");
    }

    private async Task<ChatResponse> StreamAsync(string events)
    {
        _transport.Answer = new(Encoding.UTF8.GetBytes(events));
        using var grok = _transport.NewGrok();
        return await grok.GetStreamingResponseAsync("q").ToChatResponseAsync();
    }

    private void Answer(string body, int status) => _transport.Answer = new(Encoding.UTF8.GetBytes(body)) { Status = status, ContentType = "application/json" };
}
