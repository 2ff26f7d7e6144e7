using System.Text.Json;
using Connectors.Grok.Mapping.Answers;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Answers;

/// <summary>The update of each event of a stream, or none.</summary>
public class StreamOrderTests
{
    private readonly StreamMapper _mapper = new(new CreateResponseRequest { Model = "grok-4.7" });

    private static ResponseEvent Event(string frame) => JsonSerializer.Deserialize(frame, WireJson.Context.ResponseEvent)!;

    /// <summary>The contents of the update of a frame; null when there is no update.</summary>
    private string? Map(string frame) => _mapper.ToUpdate(new(Event(frame))) is { } update ? string.Join('|', update.Contents.Where(static c => c is not UsageContent).Select(Describe)) : null;

    private static string Describe(AIContent content) => content switch
    {
        FunctionCallContent call => call.CallId + (call.InformationalOnly ? " cut" : ""),
        TextReasoningContent reasoning when ReasoningMapper.IsPartSeparator(reasoning) => $"/{reasoning.GetReasoningItemId()}/",
        _ => content.ToString()!,
    };

    [Fact]
    public void Event_without_new_content_produces_no_update()
    {
        Assert.Equal("", Map(Some.Created));
        Assert.Null(Map(Some.Created.Replace("created\"", "in_progress\"", StringComparison.Ordinal)));
        Assert.Null(Map(Some.TextDelta("")));
        Assert.Equal("Hi", Map(Some.TextDelta("Hi")));
        Assert.Null(Map(Some.Done(0, Some.Message("Hi"))));
        Assert.Null(Map(Some.Done(1, """{"type":"message","id":"m","role":"assistant"}""")));
        Assert.Equal("", Map(Some.Completed(Some.Message("Hi"))));
    }

    [Fact]
    public void Item_finished_early_is_held_until_earlier_items_finish()
    {
        Map(Some.Added(0, Some.Call("f", "", "c0")));
        Map(Some.Added(2, Some.Call("f", "", "c2")));
        Assert.Null(Map(Some.Done(1, Some.Call("f", "{}", "c1"))));
        Assert.Equal("c0|c1", Map(Some.Done(0, Some.Call("f", "{}", "c0"))));
        Assert.Equal("c2", Map(Some.Done(2, Some.Call("f", "{}", "c2"))));
    }

    [Fact]
    public void Held_item_is_emitted_at_the_end_when_an_earlier_item_never_finished()
    {
        Map(Some.Added(0, Some.Message("")));
        Assert.Null(Map(Some.Done(1, Some.Call("f", "{}", "c1"))));
        Assert.Equal("c1", Map(Some.Completed("")));
    }

    public static TheoryData<string> Started => new(
        Some.Added(0, Some.Call("f", "", "c0")),
        """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{"}""",
        """{"type":"response.refusal.delta","output_index":0,"delta":"No"}""");

    [Theory]
    [MemberData(nameof(Started))]
    public void Call_or_refusal_without_its_end_breaks_the_stream(string started)
    {
        Map(started);
        Map(started);
        Assert.Null(Map(Some.Done(1, Some.Call("f", "{}", "c1"))));
        Assert.Equal(GrokErrorKind.StreamBroken, Assert.Throws<GrokException>(() => Map(Some.Completed(""))).Kind);
    }

    [Theory]
    [MemberData(nameof(Started))]
    public void Call_or_refusal_may_be_unfinished_when_the_response_is_incomplete(string started)
    {
        Map(started);
        Assert.Equal("", Map(Some.Completed("", "incomplete")));
    }

    /// <summary>A final output whose items have other indices than in the stream: an item is removed, inserted, or moved.</summary>
    [Theory]
    [InlineData("r m", "m", "")]
    [InlineData("m", "r m", "r")]
    [InlineData("m", "r c m", "r|c")]
    [InlineData("m c", "c m", "")]
    [InlineData("x m", "m c", "c")]
    [InlineData("m d", "r m d", " there|r")]
    [InlineData("d", "r d", " there|r")]
    [InlineData("d", "d", " there")]
    [InlineData("d", "n", " there")]
    [InlineData("d", "0", " there")]
    [InlineData("d c", "n d", " there|c|Hello there")]
    [InlineData("c c", "c c", "")]
    [InlineData("c", "c c", "")]
    [InlineData("c", "c e", "e")]
    [InlineData("c c", "r c", "r")]
    [InlineData("c c", "r c c", "r")]
    [InlineData("c c", "c r c", "r")]
    [InlineData("m m d c", "r m m", "c|r")]
    [InlineData("m d", "n r m", " there|r")]
    [InlineData("x k", "k x", "")]
    [InlineData("x m", "0 x", "")]
    [InlineData("x m c", "n x r", "r")]
    public void Item_streamed_at_another_index_is_not_repeated(string streamed, string output, string rest)
    {
        var items = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["m"] = Some.Message("Hi there"),
            ["d"] = Some.Message("Hello there").Replace("msg_", "d_", StringComparison.Ordinal),
            ["n"] = Some.Message("Hello there").Replace("msg_", "n_", StringComparison.Ordinal),
            ["0"] = Some.Message("Hello there").Replace("\"id\":", "\"x\":", StringComparison.Ordinal),
            ["r"] = Some.Reasoning(Some.Summary("r"), null),
            ["c"] = Some.Call("f", "{}", "c"),
            ["e"] = Some.Call("f", "{}", "e"),
            ["k"] = """{"type":"function_call","call_id":"k","name":"f","arguments":"{}","status":"completed"}""",
            ["x"] = """{"type":"web_search_call","id":"ws_1","status":"completed"}""",
        };
        foreach (var (name, index) in streamed.Split(' ').Select(static (name, index) => (name, index)))
        {
            if (name == "d")
            {
                // Streamed without its end.
                Map(Some.TextDelta("Hello", index).Replace("msg_", "d_", StringComparison.Ordinal));
            }
            else
            {
                Map(Some.Done(index, items[name]));
            }
        }

        Assert.Equal(rest, Map(Some.Completed(string.Join(',', output.Split(' ').Select(name => items[name])))));
    }

    /// <summary>The last event of an item that has an id gives the id of the item.</summary>
    [Theory]
    [InlineData("""{"type":"response.output_text.delta","item_id":"a","output_index":0,"delta":"Hi"}""", """{"type":"response.output_text.delta","output_index":0,"delta":" there"}""", "a")]
    [InlineData("""{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"a"}}""", """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Hi there"}]}}""", "a")]
    [InlineData("""{"type":"response.output_item.added","output_index":0,"item":{"type":"message","id":"a"}}""", """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"b","content":[{"type":"output_text","text":"Hi there"}]}}""", "b")]
    [InlineData("""{"type":"response.output_item.added","output_index":0,"item":{"type":"message"}}""", """{"type":"response.output_item.done","output_index":0,"item":{"type":"message","id":"b","content":[{"type":"output_text","text":"Hi there"}]}}""", "b")]
    public void Streamed_item_uses_the_last_id_received(string started, string ended, string id)
    {
        Map(started);
        Map(ended);
        var inserted = """{"type":"message","id":"x","content":[{"type":"output_text","text":"new"}]}""";
        Assert.Equal("new", Map(Some.Completed($$"""{{inserted}},{"type":"message","id":"{{id}}","content":[{"type":"output_text","text":"Hi there"}]}""")));
    }

    [Fact]
    public void Streamed_reasoning_without_an_id_is_matched_by_type()
    {
        Map(Some.Done(0, Some.Message("Hi")));
        Map("""{"type":"response.reasoning_summary_text.delta","output_index":1,"summary_index":0,"delta":"I see"}""");
        Assert.Equal("", Map(Some.Completed(Some.Reasoning(Some.Summary("I see"), null) + "," + Some.Message("Hi"))));
    }

    [Fact(Explicit = RoomRun.IsOne)]
    public void Reordered_output_of_200000_items_is_matched_within_30_seconds()
    {
        var items = Enumerable.Range(0, 200_000).Select(static i => new MessageItem { Id = $"m{i}", Content = [new OutputTextPart { Text = "a" }] }).ToArray<ResponseItem>();
        foreach (var (item, index) in items.Select(static (item, index) => (item, index)))
        {
            _mapper.ToUpdate(new(new OutputItemEvent("response.output_item.done") { OutputIndex = index, Item = item }));
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        var end = _mapper.ToUpdate(new(new LifecycleEvent("response.completed") { Response = new() { Id = "r", Status = "completed", Output = [.. items.Reverse()] } }))!;
        Assert.Empty(end.Contents);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It took {clock.Elapsed}.");
    }

    [Theory]
    [InlineData(0, "", " there")]
    [InlineData(1, """{"type":"output_text","text":"one"},""", "one| there")]
    public void Rest_of_a_streamed_text_is_not_held_for_earlier_items(int part, string before, string rest)
    {
        Map(Some.Added(0, Some.Call("f", "", "c0")));
        Map(Some.TextDelta("Hi", 1, part));
        Assert.Equal(rest, Map(Some.Done(1, Some.Message("Hi there").Replace("[{", $"[{before}{{", StringComparison.Ordinal))));
    }

    [Fact]
    public void Blob_of_streamed_reasoning_is_not_held_for_earlier_items()
    {
        Map(Some.Added(0, Some.Call("f", "", "c0")));
        Map(Some.SummaryDelta("I see", 1));
        Assert.Equal("", Map(Some.Done(1, Some.Reasoning(Some.Summary("I see")))));
    }

    [Fact]
    public void Part_separator_carries_the_id_of_the_reasoning_item_that_ended()
    {
        string Reasoning(string text, string id, int item, int part) => Some.SummaryDelta(text, item, part).Replace("rs_" + Some.Id, id, StringComparison.Ordinal);
        Assert.Equal("a", Map(Reasoning("a", "rs_a", 0, 0)));
        Assert.Equal("/rs_a/|b", Map(Reasoning("b", "rs_b", 1, 0)));
        Assert.Equal("/rs_a/|c", Map(Reasoning("c", "rs_a", 0, 1)));
        Assert.Equal("d", Map(Reasoning("d", "rs_a", 0, 1)));
    }

    [Fact]
    public void Parts_of_an_unstreamed_reasoning_item_are_separated()
    {
        Assert.Equal($"a|/rs_{Some.Id}/|b", Map(Some.Done(0, Some.Reasoning(Some.Summary("a") + "," + Some.Summary("b")))));
        Assert.Equal("", Map(Some.Done(1, """{"type":"reasoning","id":"rs_1","encrypted_content":"B"}""")));
    }

    [Theory]
    [InlineData("response.completed", "incomplete", "c cut")]
    [InlineData("response.incomplete", null, "c cut")]
    [InlineData("response.completed", "completed", "c")]
    public void Function_call_is_truncated_when_status_or_event_is_incomplete(string type, string? status, string expected)
    {
        var output = new FunctionCallItem { CallId = "c", Name = "f", Arguments = "{" };
        var update = _mapper.ToUpdate(new(new LifecycleEvent(type) { Response = new() { Id = "r", Status = status, Output = [output] } }))!;
        Assert.Equal(expected, Describe(Assert.Single(update.Contents)));
    }

    [Fact]
    public void Streamed_text_makes_a_response_continuable_when_the_final_output_is_empty()
    {
        Map(Some.TextDelta("Hi"));
        var end = (LifecycleEvent)Event(Some.Completed(""));
        Assert.Equal(Some.Id, _mapper.ToUpdate(new(end))!.ConversationId);
        Assert.Null(new StreamMapper(new()).ToUpdate(new(end with { Response = end.Response! with { Output = null } }))!.ConversationId);
    }

    [Theory]
    [InlineData("Hello", "Jello there", null)]
    [InlineData("Hello", "Hello there", " there")]
    public void Finished_text_that_differs_from_the_streamed_text_adds_nothing(string streamed, string finished, string? rest)
    {
        Map(Some.TextDelta(streamed));
        Assert.Equal(rest, Map(Some.Done(0, Some.Message(finished))));
    }

    [Fact]
    public void Lost_delta_throws_with_the_request_id()
    {
        var begin = (LifecycleEvent)Event(Some.Created);
        _mapper.ToUpdate(new(begin with { Response = begin.Response! with { Headers = new("req-1", false) } }));
        Map(Some.TextDelta("Hello"));
        var e = Assert.Throws<GrokException>(() => _mapper.ToUpdate(new(Event(Some.Done(0, Some.Message("Jello"))), IsAfterGap: true)));
        Assert.Equal((GrokErrorKind.StreamBroken, "req-1"), (e.Kind, e.RequestId));
        Assert.StartsWith("Part of the answer is missing from the stream.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reasoning_pieces_share_properties_until_a_caller_changes_them()
    {
        var (a, b) = (Properties("a"), Properties("b"));
        Assert.Same(a, b);
        var model = a[GrokKeys.Content.ReasoningModel];
        a.Remove(GrokKeys.Content.ReasoningModel);
        a["mine"] = model;
        var c = Properties("c");
        Assert.Equal((2, model), (c.Count, c[GrokKeys.Content.ReasoningModel]));
        Assert.Same(c, Properties("d"));

        AdditionalPropertiesDictionary Properties(string text) => Assert.Single(_mapper.ToUpdate(new(Event(Some.SummaryDelta(text))))!.Contents).AdditionalProperties!;
    }
}
