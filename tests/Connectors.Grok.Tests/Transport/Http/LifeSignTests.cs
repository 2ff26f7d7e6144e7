using System.Text;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Transport.Http;

/// <summary>Pings, comments, the old end mark and large events of a stream.</summary>
public class LifeSignTests
{
    private readonly StubHandler _handler = new();

    [Theory]
    [InlineData("event: ping\n\n")]
    [InlineData("event: ping\ndata: \n\n")]
    [InlineData(": keep-alive\n\n")]
    [InlineData("data: {\"type\":\"ping\"}\n\n")]
    [InlineData("event: ping\ndata: {\"type\":\"ping\"}\n\n")]
    public async Task Ping_in_any_form_changes_nothing_of_the_answer(string ping)
    {
        var frames = StubHandler.Frames(Some.Created) + ping + StubHandler.Frames(Some.TextDelta("Hello")) + ping + StubHandler.Frames(Some.Completed(Some.Message("Hello"))) + ping + "data: [DONE]\n\n";
        using var client = Some.Client(_handler.Text(frames.Replace("\"sequence_number\":0", "\"n\":0", StringComparison.Ordinal), "text/event-stream"));
        var all = await client.GetStreamingResponseAsync("q").ToListAsync();
        Assert.Equal("Hello", all.ToChatResponse().Text);
        Assert.DoesNotContain(all, static u => u.RawRepresentation is UnknownEvent);
    }

    [Fact]
    public async Task Stream_of_pings_alone_is_broken()
    {
        using var client = Some.Client(_handler.Text("event: ping\n\ndata: {\"type\":\"ping\"}\n\n", "text/event-stream"));
        Assert.Equal(GrokErrorKind.StreamBroken, (await Assert.ThrowsAsync<GrokException>(() => client.Streamed(_handler))).Kind);
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public async Task Event_of_32_MiB_is_read()
    {
        var blob = new string('b', 32 * 1024 * 1024);
        var done = Encoding.UTF8.GetBytes(StubHandler.Frames(Some.Completed(Some.Reasoning("", blob) + "," + Some.Message("Hello"))));
        using var client = Some.Client(_handler.Stream(() => new MemoryStream(done)));
        var answer = await client.Streamed(_handler);
        Assert.Equal("Hello", answer.Text);
        Assert.Equal(blob.Length, answer.Messages[0].Contents.OfType<TextReasoningContent>().Single(static r => r.ProtectedData is not null).ProtectedData!.Length);
    }

    [Theory]
    [InlineData("""{"type":"response.function_call_arguments.done","item_id":"fc","output_index":0,"arguments":"{\"a\":1}","name":"f"}""")]
    [InlineData("""{"type":"response.function_call_arguments.done","output_index":0,"arguments":"{\"a\":1}"}""")]
    public async Task Arguments_event_with_or_without_a_name_completes_the_call(string frame)
    {
        var call = Some.Call("f", "");
        using var client = Some.Client(_handler.Sse(Some.Created, Some.Added(0, call), frame, Some.Done(0, call), Some.Completed(call)));
        var content = Assert.Single((await client.Streamed(_handler)).Messages[0].Contents.OfType<FunctionCallContent>());
        Assert.Equal(("f", "1"), (content.Name, content.Arguments!["a"]!.ToString()));
    }
}
