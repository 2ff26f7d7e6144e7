using System.Text;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

public class StreamMapperTests
{
    private const string Note = $$"""{"type":"url_citation","url":"https://x.ai/company","start_index":3,"end_index":8,"title":"1"}""";

    /// <summary>Answers in two forms: as the service streams them, and as it sends them in one JSON response.</summary>
    public static TheoryData<string, string[], string> Answers => new()
    {
        { "text", [Some.Created, Some.Added(0, """{"content":[],"type":"message"}"""), Some.TextDelta("Hel"), Some.TextDelta("lo"), Some.Done(0, Some.Message("Hello")), Some.Completed(Some.Message("Hello"))], Some.Message("Hello") },
        { "reasoning then text", [Some.Created, Some.SummaryDelta("I "), Some.SummaryDelta("see"), Some.Done(0, Some.Reasoning(Some.Summary("I see"))), Some.TextDelta("Hi", 1), Some.Done(1, Some.Message("Hi")), Some.Completed(Some.Reasoning(Some.Summary("I see")) + "," + Some.Message("Hi"))], Some.Reasoning(Some.Summary("I see")) + "," + Some.Message("Hi") },
        { "calls", [Some.Created, Some.Done(0, Some.Call("a", "{\"x\":1}", "c1")), Some.Done(1, Some.Call("b", "", "c2")), Some.Completed(Some.Call("a", "{\"x\":1}", "c1") + "," + Some.Call("b", "", "c2"))], Some.Call("a", "{\"x\":1}", "c1") + "," + Some.Call("b", "", "c2") },
        { "everything only at the end", [Some.Created, Some.Completed(Some.Reasoning(Some.Summary("I see")) + "," + Some.Message("Hi"))], Some.Reasoning(Some.Summary("I see")) + "," + Some.Message("Hi") },
        { "items out of order", [Some.Created, Some.Added(0, Some.Call("a", "", "c1", "in_progress")), Some.Added(1, Some.Call("b", "", "c2", "in_progress")), Some.Done(1, Some.Call("b", "{}", "c2")), Some.Done(0, Some.Call("a", "{}", "c1")), Some.Completed(Some.Call("a", "{}", "c1") + "," + Some.Call("b", "{}", "c2"))], Some.Call("a", "{}", "c1") + "," + Some.Call("b", "{}", "c2") },
        { "a lost delta", [Some.Created, Some.TextDelta("Hel"), Some.Done(0, Some.Message("Hello")), Some.Completed(Some.Message("Hello"))], Some.Message("Hello") },
        { "a text without its done", [Some.Created, Some.TextDelta("Hello"), Some.Completed(Some.Message("Hello"))], Some.Message("Hello") },
        { "unknown item and events", [Some.Created, """{"type":"response.doom_loop_check","doom_loop_check":{}}""", Some.Done(0, """{"type":"hologram","id":"h1","x":1}"""), """{"type":"response.web_search_call.searching","output_index":0}""", Some.TextDelta("Hi", 1), Some.Completed("""{"type":"hologram","id":"h1","x":1},""" + Some.Message("Hi"))], """{"type":"hologram","id":"h1","x":1},""" + Some.Message("Hi") },
        { "two texts", [Some.Created, Some.TextDelta("One "), Some.Done(0, Some.Message("One ")), Some.TextDelta("two", 1), Some.Done(1, Some.Message("two")), Some.Completed(Some.Message("One ") + "," + Some.Message("two"))], Some.Message("One ") + "," + Some.Message("two") },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Coalesced_stream_equals_the_json_response(string name, string[] frames, string output)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var streamed = await client.Streamed(handler.Sse(frames));
        var whole = await client.Whole(handler.Json(Some.Answer(output)));

        Assert.Equal(Describe(whole), Describe(streamed));
        Assert.NotEmpty(name);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Every_update_has_ids_and_only_the_last_has_finish_reason_and_usage(string name, string[] frames, string output)
    {
        using var client = Some.Client(new StubHandler().Sse(frames));
        var updates = await client.GetStreamingResponseAsync("q").ToListAsync();

        Assert.All(updates, static u => Assert.Equal((ChatRole.Assistant, Some.Id, Some.Id, "grok-4.7"), (u.Role!.Value, u.MessageId, u.ResponseId, u.ModelId)));
        Assert.All(updates.SkipLast(1), static u => Assert.True(u is { ConversationId: null, FinishReason: null } && !u.Contents.OfType<UsageContent>().Any()));
        Assert.Equal(Some.Id, updates[^1].ConversationId);
        Assert.NotNull(updates[^1].FinishReason);
        Assert.Single(updates[^1].Contents.OfType<UsageContent>());
        Assert.NotNull(updates[0].RawRepresentation);
        Assert.NotEmpty(name + output);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Stream_mapping_is_the_same_for_any_read_size(string name, string[] frames, string output)
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF: hello\r\n\r\n" + StubHandler.Frames(frames));
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var expected = Describe(await client.Whole(handler.Json(Some.Answer(output))));
        foreach (var atOnce in (int[])[1, 7, 64, 100_000])
        {
            Assert.Equal(expected, Describe(await client.Streamed(handler.Stream(() => new DripStream(bytes, atOnce)))));
        }

        Assert.NotEmpty(name);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Truncated_stream_throws_after_the_received_updates(string name, string[] frames, string output)
    {
        for (var count = 0; count < frames.Length; count++)
        {
            foreach (var end in (DripEnd[])[DripEnd.Closes, DripEnd.Breaks])
            {
                var bytes = Encoding.UTF8.GetBytes(StubHandler.Frames(frames[..count]) + "data: {\"type\":\"resp");
                using var client = Some.Client(new StubHandler().Stream(() => new DripStream(bytes, 64, end)));
                var seen = new List<ChatResponseUpdate>();
                var e = await Assert.ThrowsAsync<GrokException>(async () =>
                {
                    await foreach (var update in client.GetStreamingResponseAsync("q"))
                    {
                        seen.Add(update);
                    }
                });
                Assert.Equal(GrokErrorKind.StreamBroken, e.Kind);
                Assert.All(seen, static u => Assert.Null(u.ConversationId));
                Assert.True(count == 0 || seen.Count > 0);
            }
        }

        Assert.NotEmpty(name + output);
    }

    [Fact]
    public async Task Streamed_text_coalesces_to_one_text_content()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var response = await client.Streamed(handler.Sse(Some.Created, Some.TextDelta("a"), Some.TextDelta("b"), Some.TextDelta("c"), Some.Done(0, Some.Message("abc")), Some.Completed(Some.Message("abc"))));
        Assert.Equal("abc", Assert.IsType<TextContent>(Assert.Single(Assert.Single(response.Messages).Contents)).Text);
    }

    [Fact]
    public async Task Changes_to_a_reasoning_piece_do_not_reach_later_pieces()
    {
        using var client = Some.Client(new StubHandler().Sse(
            Some.Created, Some.SummaryDelta("a"), Some.SummaryDelta("b"), Some.SummaryDelta("c"), Some.SummaryDelta("d"), Some.Completed(Some.Reasoning(Some.Summary("abcd")))));
        var seen = new List<string>();
        await foreach (var update in client.GetStreamingResponseAsync("q"))
        {
            if (update.Contents is [TextReasoningContent { Text.Length: 1 } reasoning])
            {
                seen.Add(string.Join(',', reasoning.AdditionalProperties!.Select(static p => $"{p.Key}={p.Value}")));
                switch (reasoning.Text)
                {
                    case "a":
                        reasoning.AdditionalProperties!["mine"] = 1;
                        break;
                    case "b":
                        reasoning.AdditionalProperties![GrokKeys.Content.ReasoningItemId] = "mine";
                        break;
                    case "c":
                        reasoning.AdditionalProperties!.Remove(GrokKeys.Content.ReasoningModel);
                        reasoning.AdditionalProperties["mine"] = 1;
                        break;
                }
            }
        }

        Assert.Equal(Enumerable.Repeat($"reasoningItemId=rs_{Some.Id},reasoningModel=grok-4.7", 4), seen);
    }

    [Fact]
    public async Task Citations_are_set_on_the_text_or_follow_its_deltas()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var item = Some.Message("😀 see [1]", $"[{Note}]");

        var whole = Assert.IsType<TextContent>(Assert.Single((await client.Whole(handler.Json(Some.Answer(item)))).Messages[0].Contents));
        var streamed = (await client.Streamed(handler.Sse(Some.Created, Some.TextDelta("😀 see "), Some.TextDelta("[1]"), Some.Done(0, item), Some.Completed(item)))).Messages[0].Contents;
        var late = (await client.Streamed(handler.Sse(Some.Created, Some.Completed(item)))).Messages[0].Contents;

        Assert.Equal(["😀 see [1]", ""], streamed.Cast<TextContent>().Select(static t => t.Text));
        Assert.Equal(["😀 see [1]", ""], late.Cast<TextContent>().Select(static t => t.Text));
        foreach (var text in (TextContent[])[whole, (TextContent)streamed[1], (TextContent)late[1]])
        {
            var citation = Assert.IsType<CitationAnnotation>(Assert.Single(text.Annotations!));
            Assert.Equal((new Uri("https://x.ai/company"), "1"), (citation.Url, citation.Title));
            // The service counts code points; the emoji is one of them and two UTF-16 units.
            var span = Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(citation.AnnotatedRegions!));
            Assert.Equal((4, 9), (span.StartIndex, span.EndIndex));
        }
    }

    [Fact]
    public async Task Finish_reason_is_ToolCalls_when_any_item_is_a_function_call()
    {
        var output = Some.Message("I shall pay.") + "," + Some.Call("pay", "{}");
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        Assert.Equal(ChatFinishReason.ToolCalls, (await client.Streamed(handler.Sse(Some.Created, Some.Completed(output)))).FinishReason);
        Assert.Equal(ChatFinishReason.ToolCalls, (await client.Whole(handler.Json(Some.Answer(output)))).FinishReason);
    }

    [Fact]
    public async Task Truncated_function_call_is_informational_only()
    {
        var cut = Some.Call("pay", "{\"amount\":1", status: "incomplete");
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        foreach (var response in (ChatResponse[])
            [
                await client.Streamed(handler.Sse(Some.Created, Some.Done(0, cut), Some.Completed(cut, "incomplete"))),
                await client.Whole(handler.Json(Some.Answer(cut, "incomplete"))),
            ])
        {
            Assert.True(Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages[0].Contents)).InformationalOnly);
            Assert.Equal(ChatFinishReason.Length, response.FinishReason);
            Assert.Null(response.ConversationId);
        }
    }

    [Theory]
    [InlineData("""{"type":"error","code":null,"message":"Service temporarily unavailable.","param":null}""", GrokErrorKind.Server)]
    [InlineData("""{"code":"The service is currently unavailable","error":"Service temporarily unavailable."}""", GrokErrorKind.Server)]
    [InlineData("""{"error":{"message":"Service temporarily unavailable.","type":"api_error"}}""", GrokErrorKind.Server)]
    [InlineData("""{"type":"error","error":"Service temporarily unavailable."}""", GrokErrorKind.Server)]
    [InlineData("""{"type":"error","status":429,"error":{"code":"subscription:free-usage-exhausted","message":"Service temporarily unavailable."}}""", GrokErrorKind.Quota)]
    public async Task Error_frame_throws_with_the_services_message_at_any_position(string frame, GrokErrorKind kind)
    {
        foreach (var before in (string[][])[[], [Some.Created, Some.TextDelta("Hel")]])
        {
            using var client = Some.Client(new StubHandler().Sse([.. before, frame, Some.Completed(Some.Message("no"))]));
            var text = "";
            var e = await Assert.ThrowsAsync<GrokException>(async () =>
            {
                await foreach (var update in client.GetStreamingResponseAsync("q"))
                {
                    text += update.Text;
                }
            });
            Assert.Equal(kind, e.Kind);
            Assert.Contains("Service temporarily unavailable.", e.Message, StringComparison.Ordinal);
            Assert.Equal(before.Length == 0 ? "" : "Hel", text);
        }
    }

    [Fact]
    public async Task Failed_response_throws_the_same_exception_streamed_or_not()
    {
        var failed = Some.Answer(Some.Message("half"), "failed", "\"error\":{\"code\":\"server_error\",\"message\":\"It broke.\"}");
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var streamed = await Assert.ThrowsAsync<GrokException>(() => client.Streamed(handler.Sse(Some.Created, $$"""{"type":"response.failed","response":{{failed}}}""")));
        var whole = await Assert.ThrowsAsync<GrokException>(() => client.Whole(handler.Json(failed)));
        Assert.Contains("It broke.", streamed.Message, StringComparison.Ordinal);
        Assert.Equal((streamed.Message, streamed.Kind, streamed.Code), (whole.Message, whole.Kind, whole.Code));
    }

    [Fact]
    public async Task JSON_response_to_a_streaming_request_is_accepted()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var response = await client.Streamed(handler.Json(Some.Answer(Some.Message("Hello"))));
        Assert.Equal(("Hello", Some.Id), (response.Text, response.ConversationId));
    }

    [Fact]
    public async Task Stream_ends_with_response_done_but_not_with_DONE_alone()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var end = Some.Completed(Some.Message("Hi")).Replace("\"type\":\"response.completed\"", "\"type\":\"response.done\"", StringComparison.Ordinal);
        Assert.Equal("Hi", (await client.Streamed(handler.Sse(Some.Created, Some.TextDelta("Hi"), end, "[DONE]"))).Text);
        await Assert.ThrowsAsync<GrokException>(() => client.Streamed(handler.Sse(Some.Created, Some.TextDelta("Hi"), "[DONE]")));
    }

    [Fact]
    public async Task Empty_final_output_keeps_the_streamed_text()
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var response = await client.Streamed(handler.Sse(Some.Created, Some.TextDelta("Hi"), Some.Done(0, Some.Message("Hi")), Some.Completed("")));
        Assert.Equal(("Hi", Some.Id), (response.Text, response.ConversationId));
    }

    [Theory]
    [InlineData("Hi there", "Hi there")]
    [InlineData("Ho there", "Hi")]
    [InlineData("H", "Hi")]
    public async Task Finished_text_adds_its_rest_when_it_starts_with_the_streamed_text(string finished, string expected)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var response = await client.Streamed(handler.Sse(Some.Created, Some.TextDelta("H"), Some.TextDelta("i"), Some.Completed(Some.Message(finished))));
        Assert.Equal(expected, response.Text);
    }

    [Theory]
    [InlineData("Hither", null)]
    [InlineData("Hi ther", GrokErrorKind.StreamBroken)]
    public async Task Sequence_gap_throws_unless_the_finished_text_matches_the_streamed_text(string finished, GrokErrorKind? kind)
    {
        var handler = new StubHandler();
        using var client = Some.Client(handler);
        var frames = StubHandler.Frames(Some.Created, Some.TextDelta("H"), Some.TextDelta("i"), "lost", Some.TextDelta("th"), Some.Completed(Some.Message(finished)));
        handler.Stream(() => new MemoryStream(Encoding.UTF8.GetBytes(frames.Replace("data: lost\n\n", "", StringComparison.Ordinal))));
        var failure = await Record.ExceptionAsync(() => client.Streamed(handler));
        Assert.Equal(kind, (failure as GrokException)?.Kind);
    }

    private static string Describe(ChatResponse response) =>
        $"{response.ResponseId} {response.ConversationId} {response.FinishReason} {response.ModelId} {response.CreatedAt:O} {response.Usage?.TotalTokenCount} {response.Usage?.GetCostInUsd()}\n"
        + string.Join('\n', response.Messages.Select(static m => $"{m.Role} {m.MessageId} {m.CreatedAt:O}: " + string.Join('|', m.Contents.Select(Describe))));

    private static string Describe(AIContent content) => content switch
    {
        TextReasoningContent r => $"reasoning({r.Text},{r.ProtectedData},{r.GetReasoningItemId()},{r.AdditionalProperties?.Count})",
        TextContent t => $"text({t.Text})",
        FunctionCallContent c => $"call({c.CallId},{c.Name},{string.Join(',', c.Arguments!.Select(static a => $"{a.Key}={a.Value}"))},{c.InformationalOnly})",
        _ => $"{content.GetType().Name}({(content.RawRepresentation as Responses.UnknownItem)?.Json})",
    };
}
