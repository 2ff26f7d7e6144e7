using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Mapping.Requests;

/// <summary>Tests how requests and answers carry the state of a conversation, rule by rule.</summary>
public class RulesOfStateTests
{
    private readonly StubHandler _handler = new();

    private async Task<ChatResponse> Ask(IEnumerable<ChatMessage> messages, ChatOptions? options = null, Action<GrokChatClientOptions>? configure = null, string? answer = null)
    {
        using var client = Some.Client(_handler.Json(answer ?? Some.Answer(Some.Message("ok"))), configure);
        return await client.GetResponseAsync(messages, options);
    }

    private Task<ChatResponse> Ask(string text, ChatOptions? options = null, Action<GrokChatClientOptions>? configure = null, string? answer = null) =>
        Ask([new ChatMessage(ChatRole.User, text)], options, configure, answer);

    [Fact]
    public async Task Rule_1_ConversationId_is_sent_as_previous_response_id()
    {
        await Ask("again", new ChatOptions { ConversationId = "r-1" });
        Assert.Equal("r-1", (string?)_handler.LastJson["previous_response_id"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("_agent_local_chat_history")]
    public async Task Rule_1_blank_or_local_ConversationId_is_not_sent(string id)
    {
        await Ask("hi", new ChatOptions { ConversationId = id });
        Assert.False(_handler.LastJson.ContainsKey("previous_response_id"));
    }

    [Fact]
    public async Task Rule_1_ConversationId_wins_over_a_raw_previous_response_id()
    {
        ChatOptions Raw(string? id) => new() { ConversationId = id, RawRepresentationFactory = _ => new CreateResponseRequest { PreviousResponseId = "raw" } };
        await Ask("a", Raw("from-loop"));
        Assert.Equal("from-loop", (string?)_handler.LastJson["previous_response_id"]);
        await Ask("a", Raw(null));
        Assert.Equal("raw", (string?)_handler.LastJson["previous_response_id"]);
    }

    [Theory]
    [InlineData("completed", null, true)]
    [InlineData("incomplete", "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}", true)]
    [InlineData("completed", "\"store\":false", false)]
    public async Task Rule_2_ConversationId_is_set_for_continuable_responses_only(string status, string? more, bool hasId)
    {
        var answer = Some.Answer(Some.Message("ok"), status, more);
        Assert.Equal(hasId ? Some.Id : null, (await Ask("hi", answer: answer)).ConversationId);
    }

    [Fact]
    public async Task Rule_2_ConversationId_is_null_without_output_with_a_truncated_call_or_zero_retention()
    {
        Assert.Null((await Ask("hi", answer: Some.Answer(""))).ConversationId);
        Assert.Null((await Ask("hi", answer: Some.Answer(Some.Message("")))).ConversationId);
        Assert.Null((await Ask("hi", answer: Some.Answer(Some.Reasoning(Some.Summary("thought"))))).ConversationId);
        using var streaming = Some.Client(_handler);
        var thought = Some.Reasoning(Some.Summary("thought"));
        Assert.Null((await streaming.Streamed(_handler.Sse(Some.Created, Some.SummaryDelta("thought"), Some.Done(0, thought), Some.Completed(thought)))).ConversationId);
        var cut = await Ask("hi", answer: Some.Answer(Some.Call("f", "{\"a\":", status: "incomplete"), "incomplete"));
        Assert.Null(cut.ConversationId);
        Assert.True(Assert.IsType<FunctionCallContent>(cut.Messages[0].Contents[0]).InformationalOnly);
        Assert.Equal(ChatFinishReason.Length, cut.FinishReason);

        _handler.Json(Some.Answer(Some.Message("ok")), 200, ("x-zero-data-retention", "true"));
        using var client = Some.Client(_handler);
        Assert.Null((await client.GetResponseAsync("hi")).ConversationId);
    }

    [Fact]
    public async Task Rule_4_instructions_start_the_first_turn_as_one_system_item()
    {
        await Ask(
            [new(ChatRole.System, "Two."), new(new ChatRole("developer"), "Three."), new(ChatRole.User, "hi"), new(ChatRole.System, "Later.")],
            new ChatOptions { Instructions = "One." });

        Assert.False(_handler.LastJson.ContainsKey("instructions"));
        Assert.Equal(
            """[{"type":"message","role":"system","content":[{"type":"input_text","text":"One."},{"type":"input_text","text":"Two."},{"type":"input_text","text":"Three."}]},{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"message","role":"system","content":[{"type":"input_text","text":"Later."}]}]""",
            _handler.LastJson["input"]!.ToJsonString());
    }

    [Fact]
    public async Task Rule_4_raw_instructions_are_sent_as_a_system_item_too()
    {
        await Ask("hi", new ChatOptions { RawRepresentationFactory = _ => new CreateResponseRequest { Instructions = "Raw." } });
        Assert.False(_handler.LastJson.ContainsKey("instructions"));
        Assert.Equal("Raw.", Text(0));
        Assert.Equal("system", (string?)_handler.LastJson["input"]![0]!["role"]);
    }

    [Fact]
    public async Task Rule_4_continuation_omits_sends_or_rejects_instructions_by_option()
    {
        var options = new ChatOptions { ConversationId = "r-1", Instructions = "Be brief." };
        await Ask("hi", options, static o => o.ContinuationInstructions = ContinuationInstructions.Never);
        Assert.Equal("hi", Text(0));
        Assert.Single(_handler.LastJson["input"]!.AsArray());

        await Ask("hi", options, static o => o.ContinuationInstructions = ContinuationInstructions.Always);
        Assert.Equal("Be brief.", Text(0));
        Assert.Equal("hi", Text(1));

        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask("hi", options, static o => o.ContinuationInstructions = ContinuationInstructions.Throw));
        await Ask("hi", new ChatOptions { ConversationId = "r-1" }, static o => o.ContinuationInstructions = ContinuationInstructions.Throw);
        Assert.Equal(3, _handler.Requests.Count);
    }

    [Fact]
    public async Task Rule_4_system_messages_of_a_continuation_keep_their_position()
    {
        await Ask([new(ChatRole.User, "a"), new(ChatRole.System, "b"), new(ChatRole.User, "c")], new ChatOptions { ConversationId = "r-1" });
        Assert.Equal(["user", "system", "user"], Roles());
    }

    [Fact]
    public async Task Rule_5_roles_may_come_in_any_order_and_empty_messages_are_not_sent()
    {
        await Ask([new(ChatRole.User, "a"), new(ChatRole.User, "b"), new(ChatRole.Assistant, ""), new(ChatRole.System, "c"), new(ChatRole.Assistant, "d"), new(ChatRole.User, [])]);
        Assert.Equal(["user", "user", "system", "assistant"], Roles());
        Assert.Equal("output_text", (string?)_handler.LastJson["input"]![3]!["content"]![0]!["type"]);
        await Assert.ThrowsAsync<NotSupportedException>(() => Ask([new(new ChatRole("critic"), "x")]));
    }

    [Fact]
    public async Task Rule_6_store_is_not_sent_unless_it_is_set()
    {
        await Ask("hi");
        Assert.False(_handler.LastJson.ContainsKey("store"));
        await Ask("hi", configure: static o => o.Store = true);
        Assert.True((bool?)_handler.LastJson["store"]);
        await Ask("hi", new ChatOptions().WithStore(false), static o => o.Store = true);
        Assert.False((bool?)_handler.LastJson["store"]);
        await Ask("hi", new ChatOptions { AdditionalProperties = new() { ["store"] = "False" } });
        Assert.False((bool?)_handler.LastJson["store"]);
        await Ask("hi", new ChatOptions { RawRepresentationFactory = _ => new CreateResponseRequest { Store = true } }.WithStore(false));
        Assert.True((bool?)_handler.LastJson["store"]);
    }

    [Fact]
    public async Task Rule_6_images_are_not_stored_unless_store_is_set_or_the_call_continues()
    {
        ChatMessage[] picture = [Some.User(new DataContent(Some.Png, "image/png"))];
        var response = await Ask(picture);
        Assert.False((bool?)_handler.LastJson["store"]);
        Assert.Null(response.ConversationId);
        await Ask([Some.User(new TextContent("What is it?"), new DataContent(Some.Png, "image/png"))]);
        Assert.False((bool?)_handler.LastJson["store"]);
        await Ask(picture, new ChatOptions().WithStore(true));
        Assert.True((bool?)_handler.LastJson["store"]);
        await Ask(picture, new ChatOptions { ConversationId = "r-1" });
        Assert.False(_handler.LastJson.ContainsKey("store"));
        await Ask(picture, configure: static o => o.KeepImagesUnstored = false);
        Assert.False(_handler.LastJson.ContainsKey("store"));
    }

    [Fact]
    public async Task Rule_6_rejected_continuation_with_images_suggests_Store_false()
    {
        _handler.Json("""{"code":"invalid-argument","error":"Images cannot be stored"}""", 400);
        using var client = Some.Client(_handler);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.GetResponseAsync(
            Some.User(new DataContent(Some.Png, "image/png")), new ChatOptions { ConversationId = "r-1" }));
        Assert.Contains("Store = false", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, true)]
    [InlineData(null, null, false)]
    [InlineData(null, true, false)]
    [InlineData(true, null, true)]
    [InlineData(true, true, true)]
    [InlineData(false, false, false)]
    public async Task Rule_7_encrypted_reasoning_is_requested_when_stateless(bool? option, bool? store, bool asked)
    {
        await Ask("hi", configure: o => (o.EncryptedReasoning, o.Store) = (option, store));
        Assert.Equal(asked ? ["reasoning.encrypted_content"] : null, (_handler.LastJson["include"] as JsonArray)?.Select(static n => (string?)n));
    }

    [Fact]
    public async Task Rule_9_continuation_without_storing_throws()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask("hi", new ChatOptions { ConversationId = "r-1" }.WithStore(false)));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Ask("hi", new ChatOptions { ConversationId = "r-1" }, static o => o.Store = false));
        Assert.Empty(_handler.Requests);
    }

    [Fact]
    public async Task Rule_10_unsupported_option_is_dropped_and_logged_once()
    {
        var log = new ListLogger();
        var options = new ChatOptions { FrequencyPenalty = 0, PresencePenalty = 0, StopSequences = ["x"], AllowBackgroundResponses = true, Tools = [], Temperature = 0.5f, TopP = 0.9f, MaxOutputTokens = 7, Seed = 3 };
        using var client = Some.Client(_handler.Json(Some.Answer(Some.Message("ok"))).Json(Some.Answer(Some.Message("ok"))), o => o.LoggerFactory = log);
        await client.GetResponseAsync("secret prompt", options);
        await client.GetResponseAsync("secret prompt", options);

        Assert.Equal(["model", "input", "stream", "max_output_tokens", "temperature", "top_p", "seed", "prompt_cache_key"], _handler.LastJson.Select(static p => p.Key));
        Assert.Equal(4, log.Lines.Count);
        Assert.DoesNotContain(log.Lines, static l => l.Contains("secret", StringComparison.Ordinal));
        var strict = options.Clone();
        strict.AdditionalProperties = new() { ["strict_options"] = true };
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("hi", strict));
    }

    [Theory]
    [InlineData("grok-4.7", ReasoningEffort.ExtraHigh, "xhigh")]
    [InlineData("grok-4.7", ReasoningEffort.None, null)]
    [InlineData("grok-4.3", ReasoningEffort.None, "none")]
    [InlineData("grok-4", ReasoningEffort.Low, null)]
    [InlineData("grok-4-fast", ReasoningEffort.Low, null)]
    [InlineData("grok-4.20-multi-agent", ReasoningEffort.High, "high")]
    [InlineData("grok-9", ReasoningEffort.Medium, "medium")]
    public async Task Rule_10_effort_is_sent_only_to_models_that_support_it(string model, ReasoningEffort effort, string? sent)
    {
        await Ask("hi", new ChatOptions { ModelId = model, Reasoning = new() { Effort = effort } });
        Assert.Equal(sent, (string?)_handler.LastJson["reasoning"]?["effort"]);
    }

    private string? Text(int item) => (string?)_handler.LastJson["input"]![item]!["content"]![0]!["text"];

    private IEnumerable<string?> Roles() => _handler.LastJson["input"]!.AsArray().Select(static i => (string?)i!["role"]);
}
