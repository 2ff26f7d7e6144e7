using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping;

/// <summary>Rare shapes of answers and histories.</summary>
public class MappingEdgeCaseTests
{
    private readonly StubHandler _handler = new();

    [Theory]
    [InlineData("max_output_tokens", "length")]
    [InlineData("max_prompt_tokens", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("max_time_limit", "max_time_limit")]
    public async Task Incomplete_reason_becomes_the_finish_reason(string reason, string finish)
    {
        var answer = Some.Answer(Some.Message("half"), "incomplete", $"\"incomplete_details\":{{\"reason\":\"{reason}\"}}");
        Assert.Equal(finish, (await Ask(answer)).FinishReason!.Value.Value);
    }

    [Fact]
    public async Task Annotations_of_unknown_type_or_without_a_range_are_kept()
    {
        var message = Some.Message("text", """[{"type":"map_pin","lat":1},{"type":"url_citation","url":"collections://c/files/f","title":"f","start_index":0,"end_index":0},{"type":"url_citation","url":"no address"}]""");
        var text = Assert.IsType<TextContent>((await Ask(Some.Answer(message))).Messages[0].Contents[0]);
        Assert.IsType<UnknownAnnotation>(text.Annotations![0].RawRepresentation);
        var collection = Assert.IsType<CitationAnnotation>(text.Annotations[1]);
        Assert.Equal(("collections://c/files/f", null), (collection.Url!.OriginalString, collection.AnnotatedRegions));
        Assert.Null(Assert.IsType<CitationAnnotation>(text.Annotations[2]).Url);
    }

    [Fact]
    public async Task Unexpected_message_parts_are_kept_and_sent_back()
    {
        var message = """{"type":"message","role":"assistant","content":[{"type":"input_text","text":"as input"},{"type":"output_text","text":""},{"type":"hologram","x":1}]}""";
        var answer = (await Ask(Some.Answer(message))).Messages[0];
        Assert.Equal("as input", answer.Text);
        Assert.Equal(2, answer.Contents.Count);
        await Ask(Some.Answer(Some.Message("ok")), answer, new ChatMessage(ChatRole.User, "go on"));
        Assert.Equal("""{"type":"hologram","x":1}""", _handler.LastJson["input"]![0]!["content"]![1]!.ToJsonString());
    }

    [Fact]
    public async Task Usage_is_read_for_null_inconsistent_and_summed_numbers()
    {
        Assert.Null((await Ask(Answer("null"))).Usage);
        var odd = (await Ask(Answer("""{"input_tokens":10,"input_tokens_details":{"cached_tokens":40},"output_tokens":5,"total_tokens":15,"cost_in_usd_ticks":0,"num_sources_used":2,"num_server_side_tools_used":3,"server_side_tool_usage_details":{"web_search_calls":2,"x_search_calls":0,"odd":"x"}}"""))).Usage!;
        // More cached than input tokens: the input count excludes cached tokens. A cost of zero for used tokens is unknown.
        Assert.Equal((50, 55, 40), (odd.InputTokenCount, odd.TotalTokenCount, odd.CachedInputTokenCount));
        Assert.Null(odd.GetCostInUsd());
        Assert.Equal(["cache_savings_in_usd_ticks=600000", "num_server_side_tools_used=3", "num_sources_used=2", "web_search_calls=2"], odd.AdditionalCounts!.Select(static c => $"{c.Key}={c.Value}").Order());
        Assert.Null(new UsageDetails().GetCostInUsd());
        var sum = new UsageDetails();
        sum.Add(odd);
        sum.Add(odd);
        Assert.Equal(4, sum.AdditionalCounts!["web_search_calls"]);

        static string Answer(string usage) => $$"""{"id":"r","status":"completed","output":[],"usage":{{usage}}}""";
    }

    [Fact]
    public async Task Service_headers_and_tier_are_set_on_the_message()
    {
        (string, string)[] headers = [("x-request-id", "req-1"), ("x-ratelimit-remaining-requests", "7"), ("x-ratelimit-remaining-tokens", "soon")];
        using var client = Some.Client(_handler);
        var answer = Some.Answer(Some.Message("ok"), more: "\"service_tier\":\"priority\"");
        var whole = await client.Whole(_handler.Json(answer, 200, headers));
        var streamed = await client.Streamed(_handler.Json(answer, 200, headers));
        foreach (var properties in (AdditionalPropertiesDictionary[])[whole.Messages[0].AdditionalProperties!, streamed.Messages[0].AdditionalProperties!])
        {
            Assert.Equal(["ratelimit_remaining_requests=7", "request_id=req-1", "service_tier=priority"], properties.Select(static p => $"{p.Key}={p.Value}").Order());
        }
    }

    [Fact]
    public async Task Reasoning_item_without_a_blob_stays_apart_from_the_next_item()
    {
        var one = Some.Reasoning(Some.Summary("one"), blob: null);
        var whole = (await Ask(Some.Answer($"{one},{Some.Reasoning(Some.Summary("two"))}"))).Messages[0];
        var streamed = await Stream(Some.Created, Some.SummaryDelta("one"), Some.Done(0, one), Some.SummaryDelta("two", 1), Some.Done(1, Some.Reasoning(Some.Summary("two"))), Some.Completed(""));
        Assert.Equal(["one", "", "two"], whole.Contents.Cast<TextReasoningContent>().Select(static r => r.Text));
        Assert.Equal(whole.Contents.Cast<TextReasoningContent>().Select(static r => (r.Text, r.ProtectedData)), streamed.Messages[0].Contents.Cast<TextReasoningContent>().Select(static r => (r.Text, r.ProtectedData)));
    }

    [Fact]
    public async Task Reasoning_summary_and_content_are_both_kept_and_sent_back()
    {
        var item = $$"""{"type":"reasoning","id":"rs_{{Some.Id}}","summary":[{"type":"summary_text","text":"short"}],"content":[{"type":"reasoning_text","text":"long"},{"type":"odd"}],"encrypted_content":"B"}""";
        var streamed = (await Stream(Some.Created, Some.SummaryDelta("short"), Some.ThoughtDelta("long"), Some.Done(0, item), Some.Completed(item))).Messages[0];
        var whole = (await Ask(Some.Answer(item))).Messages[0];
        // The last two hold the item as it came: a part of it is no text.
        Assert.Equal(["short", "", "long", "", ""], whole.Contents.Cast<TextReasoningContent>().Select(static r => r.Text));
        Assert.Equal(["short", "", "long", "", ""], streamed.Contents.Cast<TextReasoningContent>().Select(static r => r.Text));
        await Ask(Some.Answer(Some.Message("ok")), streamed, new ChatMessage(ChatRole.User, "go on"));
        var sent = _handler.LastJson["input"]![0]!;
        Assert.Equal(("short", "long"), ((string?)sent["summary"]![0]!["text"], (string?)sent["content"]![0]!["text"]));
        Assert.Equal("odd", (string?)sent["content"]![1]!["type"]);
    }

    [Fact]
    public async Task Reasoning_is_sent_back_to_the_alias_it_was_requested_under()
    {
        var answer = (await Ask(Some.Answer(Some.Reasoning(Some.Summary("s"))).Replace("grok-4.7", "grok-4.3", StringComparison.Ordinal), static o => o.Model = "grok-latest", new ChatMessage(ChatRole.User, "q"))).Messages[0];
        await Ask(Some.Answer(Some.Message("ok")), static o => o.Model = "grok-latest", answer, new ChatMessage(ChatRole.User, "go on"));
        Assert.Equal("reasoning", (string?)_handler.LastJson["input"]![0]!["type"]);
        await Ask(Some.Answer(Some.Message("ok")), static o => o.Model = "grok-4.3-latest", answer, new ChatMessage(ChatRole.User, "go on"));
        Assert.Equal("reasoning", (string?)_handler.LastJson["input"]![0]!["type"]);
    }

    [Fact]
    public async Task Stream_of_several_text_parts_keeps_a_part_that_was_not_streamed()
    {
        var item = """{"type":"message","id":"m","role":"assistant","content":[{"type":"output_text","text":"one "},{"type":"output_text","text":"two "},{"type":"output_text","text":"three"},{"type":"refusal","refusal":"No more."}]}""";
        var streamed = (await Stream(Some.Created, Some.TextDelta("one "), Some.TextDelta("tw", 0, 1), Some.TextDelta("o", 0, 1), Some.Done(0, item), Some.Completed(item))).Messages[0];
        Assert.Equal("one two three", streamed.Text);
        Assert.Equal("No more.", streamed.Contents.OfType<ErrorContent>().Single().Message);
    }

    [Fact]
    public async Task Function_call_with_malformed_arguments_carries_an_exception()
    {
        var bad = Some.Call("f", "{\"a\":");
        var streamed = (await Stream(Some.Created, Some.Done(0, bad), Some.Completed(bad))).Messages[0];
        var call = Assert.IsType<FunctionCallContent>(streamed.Contents[0]);
        Assert.True(call is { Exception: not null, InformationalOnly: false });
    }

    [Fact]
    public async Task Stream_ignores_empty_duplicate_and_malformed_events()
    {
        var response = await Stream(
            Some.Created,
            """{"type":"response.created"}""",
            """{"type":"response.output_item.done","output_index":0}""",
            """{"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":""}""",
            """{"type":"response.function_call_arguments.delta","output_index":0,"delta":"{"}""",
            """{"type":"response.refusal.delta","output_index":0,"delta":"x"}""",
            """{"type":"response.output_item.done","output_index":"x"}""",
            "[1,2]", "7", "{}",
            Some.TextDelta("Hi"), Some.Done(0, Some.Message("Hi")), Some.Done(0, Some.Message("Hi")),
            Some.Completed(Some.Message("Hi")));
        Assert.Equal("Hi", response.Text);
    }

    [Fact]
    public async Task Frame_with_malformed_JSON_throws_after_the_received_text()
    {
        using var client = Some.Client(_handler.Sse(Some.Created, Some.TextDelta("Hi"), "{\"type\":\"response.output_text.del"));
        var text = new StringBuilder();
        var e = await Assert.ThrowsAsync<GrokException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("q"))
            {
                text.Append(update.Text);
            }
        });
        Assert.Equal((GrokErrorKind.StreamBroken, "Hi"), (e.Kind, text.ToString()));
    }

    [Fact]
    public async Task Function_call_without_an_id_gets_a_stable_id()
    {
        var call = """{"type":"function_call","name":"f","arguments":"{}"}""";
        Assert.Equal("call_f", Assert.IsType<FunctionCallContent>((await Ask(Some.Answer(call))).Messages[0].Contents[0]).CallId);
        Assert.Equal("fc_1", Assert.IsType<FunctionCallContent>((await Ask(Some.Answer("""{"type":"function_call","id":"fc_1","name":"f"}"""))).Messages[0].Contents[0]).CallId);
    }

    [Fact]
    public async Task Function_result_sends_images_and_files_as_parts_and_other_contents_as_text()
    {
        await Ask(Some.Answer(Some.Message("ok")), new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new ChatMessage(ChatRole.Tool,
        [
            new FunctionResultContent("c", new AIContent[] { new TextContent("t"), new DataContent(Some.Png, "image/png"), new UriContent("https://x.ai/i.png", "image/png"), new HostedFileContent("f"), new HostedVectorStoreContent("s") }),
        ]));
        var parts = _handler.LastJson["input"]![1]!["output"]!.AsArray();
        Assert.Equal(["input_text", "input_image", "input_image", "input_file", "input_text"], parts.Select(static p => (string?)p!["type"]));
        Assert.Contains("hostedVectorStore", (string?)parts[4]!["text"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"True\"", true)]
    [InlineData("false", false)]
    [InlineData("\"maybe\"", null)]
    public async Task Store_key_accepts_JSON_values(string json, bool? store)
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        var options = new ChatOptions { AdditionalProperties = new() { ["store"] = JsonDocument.Parse(json).RootElement } };
        if (store is null)
        {
            await Record.ExceptionAsync(() => client.GetResponseAsync("q", options));
            return;
        }

        await client.GetResponseAsync("q", options);
        Assert.Equal(store, (bool?)_handler.LastJson["store"]);
    }

    [Fact]
    public async Task Null_message_or_content_throws()
    {
        using var client = Some.Client(_handler);
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([null!]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(new ChatMessage(ChatRole.User, [null!])));
    }

    [Fact]
    public async Task Uncoalesced_reasoning_pieces_are_sent_back_as_one_summary()
    {
        using var client = Some.Client(_handler.Sse(Some.Created, Some.SummaryDelta("I "), Some.SummaryDelta("see"), Some.Done(0, Some.Reasoning(Some.Summary("I see"))), Some.Completed(Some.Reasoning(Some.Summary("I see")))), static o => o.Store = false);
        var pieces = (await client.GetStreamingResponseAsync("q").ToListAsync()).SelectMany(static u => u.Contents).ToList();
        await Ask(Some.Answer(Some.Message("ok")), new ChatMessage(ChatRole.Assistant, pieces), new ChatMessage(ChatRole.User, "go on"));
        Assert.Equal("I see", (string?)Assert.Single(_handler.LastJson["input"]![0]!["summary"]!.AsArray())!["text"]);
    }

    [Fact]
    public async Task Part_that_became_a_refusal_after_streaming_adds_no_text()
    {
        var item = """{"type":"message","id":"m","role":"assistant","content":[{"type":"refusal","refusal":"No."}]}""";
        Assert.Equal("Hi", (await Stream(Some.Created, Some.TextDelta("Hi"), Some.Done(0, item), Some.Completed(item))).Text);
    }

    [Fact]
    public async Task Raw_input_is_sent_before_the_messages()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync("b", new ChatOptions { RawRepresentationFactory = static _ => new CreateResponseRequest { Input = [new MessageItem { Role = "user", Content = [new InputTextPart("a")] }] } });
        Assert.Equal(["a", "b"], _handler.LastJson["input"]!.AsArray().Select(static i => (string?)i!["content"]![0]!["text"]));
    }

    [Fact]
    public async Task Image_in_a_function_result_switches_storing_off()
    {
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))));
        await client.GetResponseAsync([new(ChatRole.Assistant, [new FunctionCallContent("c", "f")]), new(ChatRole.Tool, [new FunctionResultContent("c", new DataContent(Some.Png, "image/png"))])]);
        Assert.False((bool?)_handler.LastJson["store"]);
    }

    private Task<ChatResponse> Ask(string answer, params ChatMessage[] messages) => Ask(answer, static o => o.Store = false, messages);

    private async Task<ChatResponse> Ask(string answer, Action<GrokChatClientOptions> configure, params ChatMessage[] messages)
    {
        using var client = Some.Client(_handler.Json(answer), configure);
        return await client.GetResponseAsync(messages.Length > 0 ? messages : [new ChatMessage(ChatRole.User, "q")]);
    }

    private async Task<ChatResponse> Stream(params string[] frames)
    {
        using var client = Some.Client(_handler.Sse(frames), static o => o.Store = false);
        return await client.GetStreamingResponseAsync("q").ToChatResponseAsync();
    }
}
