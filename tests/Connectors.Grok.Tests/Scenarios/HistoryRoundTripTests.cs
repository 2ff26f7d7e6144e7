using System.Text;
using System.Text.Json;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>
/// Every item type, streamed: any read size gives the same answer, truncation after any event throws, and a history that was saved
/// as JSON makes the same next request, byte for byte, as the live one.
/// </summary>
public class HistoryRoundTripTests
{
    private const string Note = """{"type":"url_citation","url":"https://x.ai/company","start_index":0,"end_index":4,"title":"1"}""";

    private static readonly string[] Items =
    [
        Some.Reasoning(Some.Summary("First. ") + "," + Some.Summary("Second.")),
        .. MappingSamples.Items.Where(static i => !i.Contains("\"message\"", StringComparison.Ordinal) && !i.Contains("\"reasoning\"", StringComparison.Ordinal) && !i.Contains("function_call", StringComparison.Ordinal)),
        """{"type":"web_search_call","id":"w2","status":"completed","action":{"type":"search","query":"q"}}""",
        Some.Call("get_weather", "{\"city\": \"Oslo\", \"n\": 1.50, \"é\": \"\\u00e9\"}", "c1"),
        Some.Message("text with a source", $"[{Note}]"),
    ];

    /// <summary>Each item as the service streams it, and all of them in one answer.</summary>
    public static TheoryData<string> Outputs => [.. Items, string.Join(',', Items)];

    private static string[] Frames(string output)
    {
        var items = JsonDocument.Parse($"[{output}]").RootElement.EnumerateArray().ToList();
        return
        [
            Some.Created,
            .. items.SelectMany(static (item, i) => (string[])
            [
                Some.Added(i, item.GetRawText()),
                .. item.GetProperty("type").GetString() switch
                {
                    "reasoning" => item.GetProperty("summary").EnumerateArray().Select((part, p) => Some.SummaryDelta(part.GetProperty("text").GetString()!, i, p)),
                    "message" => item.GetProperty("content")[0].GetProperty("text").GetString()!.Split(' ').Select((word, w) => Some.TextDelta(w == 0 ? word : " " + word, i)),
                    _ => [],
                },
                Some.Done(i, item.GetRawText()),
            ]),
            Some.Completed(output),
        ];
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Saved_history_makes_the_same_request_as_the_live_one(string output)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler, static o => o.Store = false);
        var live = (await client.Streamed(handler.Sse(Frames(output)))).Messages[0];
        var type = AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatMessage));
        var saved = (ChatMessage)JsonSerializer.Deserialize(JsonSerializer.Serialize(live, type), type)!;
        ChatMessage[] after = live.Contents.Any(static c => c is FunctionCallContent) ? [new(ChatRole.Tool, [new FunctionResultContent("c1", "18")])] : [];
        var whole = (await client.Whole(handler.Json(Some.Answer(output)))).Messages[0];
        foreach (var answer in (ChatMessage[])[live, saved, whole])
        {
            handler.Json(Some.Answer(Some.Message("ok")));
            await client.GetResponseAsync([new(ChatRole.User, "q"), answer, .. after, new(ChatRole.User, "go on")]);
        }

        Assert.Equal(handler.Requests[2].Body, handler.Requests[3].Body);
        Assert.Equal(handler.Requests[2].Body, handler.Requests[4].Body);
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Coalesced_response_is_the_same_for_any_read_size(string output)
    {
        var bytes = Encoding.UTF8.GetBytes(StubHandler.Frames(Frames(output)));
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var answers = new List<string>();
        foreach (var atOnce in (int[])[1, 7, 64, bytes.Length])
        {
            var response = await client.Streamed(handler.Stream(() => new DripStream(bytes, atOnce)));
            answers.Add(JsonSerializer.Serialize(response, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(ChatResponse))));
        }

        Assert.Single(answers.Distinct());
    }

    [Theory]
    [MemberData(nameof(Outputs))]
    public async Task Stream_truncated_after_any_event_throws(string output)
    {
        var frames = Frames(output);
        for (var count = 0; count < frames.Length; count++)
        {
            using var client = Some.Client(new StubHandler().Sse(frames[..count]));
            var seen = new List<ChatResponseUpdate>();
            var e = await Assert.ThrowsAsync<GrokException>(async () =>
            {
                await foreach (var update in client.GetStreamingResponseAsync("q"))
                {
                    seen.Add(update);
                }
            });
            Assert.Equal(GrokErrorKind.StreamBroken, e.Kind);
            Assert.DoesNotContain(seen, static u => u.ConversationId is not null || u.FinishReason is not null);
        }
    }
}
