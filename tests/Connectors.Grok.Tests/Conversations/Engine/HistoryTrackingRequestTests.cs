using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>A host that passes its whole history: what of it goes out, and by which id.</summary>
public class HistoryTrackingRequestTests
{
    private readonly ManualTime _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tracked_history_sends_only_messages_after_a_stored_response_and_leaves_options_unchanged(bool stream)
    {
        var (client, model) = Host(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2"));
        var first = await client.Ask(stream, [new(ChatRole.User, "Is it?")]);
        Assert.Null(model.Sent[0].Options);
        Assert.Null(first.ConversationId);
        var options = new ChatOptions { ConversationId = " ", ModelId = "grok-4.7" };
        await client.Ask(stream, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")], options);
        Assert.Equal(["Sure?"], model.Sent[1].Messages.Select(static m => m.Text));
        Assert.Equal("r1", model.Sent[1].Options!.ConversationId);
        Assert.Equal(" ", options.ConversationId);
    }

    [Fact]
    public async Task Tracked_history_without_a_new_message_is_sent_in_full()
    {
        var (client, model) = Host(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("Yes.", "r2"));
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0]]);
        Assert.Equal((2, null), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    [Theory]
    [InlineData(1, 1, "r1")]
    [InlineData(0, 3, null)]
    public async Task Tracked_history_continues_by_id_until_the_response_expires(int ticksBefore, int sent, string? id)
    {
        var (client, model) = Host(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2"));
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        Assert.Equal("2026-12-21T12:00:00.0000000+00:00", first.Messages[0].AdditionalProperties![GrokKeys.History.ExpiresAt]);
        _clock.Advance(TimeSpan.FromDays(30) - TimeSpan.FromTicks(ticksBefore));
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")]);
        Assert.Equal((sent, id), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    [Theory]
    [InlineData("id", true, null, 3, "mine")]
    [InlineData("previous", true, null, 3, null)]
    [InlineData("conversation", true, null, 3, null)]
    [InlineData("", false, null, 3, null)]
    [InlineData("", true, false, 3, null)]
    [InlineData("", true, true, 1, "r1")]
    public async Task Tracked_history_is_sent_in_full_when_the_caller_sets_an_id_store_false_or_SendOnlyNew_false(string named, bool onlyNew, bool? store, int sent, string? id)
    {
        var (client, model) = Host(o => o.SendOnlyNew = onlyNew, static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2"));
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        var options = new ChatOptions { ConversationId = named == "id" ? "mine" : null, AdditionalProperties = [] };
        if (store is { } isStored)
        {
            options = options.WithStore(isStored);
        }

        if (named is "previous" or "conversation")
        {
            options.AdditionalProperties![named == "previous" ? GrokKeys.Request.PreviousResponseId : GrokKeys.Request.ConversationId] = "mine";
        }

        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")], options);
        Assert.Equal((sent, id), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    /// <summary>What a client has stored unless told otherwise is only that.</summary>
    [Theory]
    [InlineData(null, 3, null)]
    [InlineData(true, 1, "r1")]
    public async Task Store_option_of_the_call_overrides_that_of_the_client(bool? store, int sent, string? id)
    {
        var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2")).With(Some.Settings(static o => o.Store = false));
        using var client = model.AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = _clock });
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")], store is { } isStored ? new ChatOptions().WithStore(isStored) : null);
        Assert.Equal((sent, id), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    [Theory]
    [InlineData("grok-4.7", null, 1)]
    [InlineData("grok-3", null, 3)]
    [InlineData("grok-3", "grok-4.7", 1)]
    [InlineData("grok-4.7", "grok-3", 3)]
    public async Task Tracked_history_is_sent_in_full_to_another_model(string usual, string? asked, int sent)
    {
        var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2")).With(new ChatClientMetadata("xai", null, usual));
        using var client = model.AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = _clock });
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")], new ChatOptions { ModelId = asked });
        Assert.Equal(sent, model.Sent[1].Messages.Count);
    }

    /// <summary>The service does not go on from a call without its result.</summary>
    [Theory]
    [InlineData(false, false, 3)]
    [InlineData(false, true, 1)]
    [InlineData(true, false, 1)]
    public async Task Tracked_history_is_sent_in_full_when_a_pending_call_has_no_result(bool isInformational, bool isAnswered, int sent)
    {
        ChatResponseUpdate[] Call() =>
        [
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "f") { InformationalOnly = isInformational }])
            { ResponseId = "r1", MessageId = "r1", ConversationId = "r1", FinishReason = ChatFinishReason.ToolCalls },
        ];
        var (client, model) = Host(Call, static () => ScriptedClient.Text("No.", "r2"));
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        ChatMessage next = isAnswered ? new(ChatRole.Tool, [new FunctionResultContent("c1", "yes")]) : new(ChatRole.User, "Sure?");
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], next]);
        Assert.Equal((sent, sent == 1 ? "r1" : null), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    /// <summary>The history is the host's own; what this process remembers may be of another host.</summary>
    [Fact]
    public async Task Signed_stamp_beats_the_memory_of_the_process()
    {
        var (other, _) = Host(static o => o.HistoryKey = Some.HistoryKey, static () => ScriptedClient.Text("Yes.", "r9"));
        var stamped = (await other.Ask(false, [new(ChatRole.User, "Is it?")])).Messages[0];
        var (client, model) = Host(static o => o.HistoryKey = Some.HistoryKey, static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2"));
        await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        await client.Ask(false, [new(ChatRole.User, "Is it?"), stamped, new(ChatRole.User, "Sure?")]);
        Assert.Equal("r9", model.Sent[1].Options!.ConversationId);
    }

    /// <summary>A history from outside could name the response of another user.</summary>
    [Theory]
    [InlineData("no key here", false, false, null)]
    [InlineData("edited id", true, true, null)]
    [InlineData("other tenant", true, true, null)]
    [InlineData("as it was", true, true, "r9")]
    public async Task Stamp_that_nothing_confirms_is_not_believed(string what, bool hasKey, bool isSigned, string? continued)
    {
        var (other, _) = Host(o => o.HistoryKey = isSigned ? Some.HistoryKey : null, static () => ScriptedClient.Text("Yes.", "r9"));
        var stamped = (await other.Ask(false, [new(ChatRole.User, "Is it?")])).Messages[0];
        if (what == "edited id")
        {
            stamped.AdditionalProperties![GrokKeys.History.ResponseId] = "r8";
            stamped.Contents[0].AdditionalProperties = null;
        }

        var (client, model) = Host(o => o.HistoryKey = hasKey ? Some.HistoryKey : null, static () => ScriptedClient.Text("No.", "r2"));
        var options = what == "other tenant" ? new ChatOptions().WithTenant("b") : null;
        await client.Ask(false, [new(ChatRole.User, "Is it?"), stamped, new(ChatRole.User, "Sure?")], options);
        Assert.Equal((continued, continued is null ? 3 : 1), (model.Sent[0].Options?.ConversationId, model.Sent[0].Messages.Count));
        Assert.Empty(model.Sent[0].Options?.AdditionalProperties ?? []);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Error_unrelated_to_stored_state_is_rethrown_without_a_retry(bool stream)
    {
        var failure = new GrokException(GrokErrorKind.Server, "Slow down");
        var (client, model) = Host(() => throw failure);
        Assert.Same(failure, await Assert.ThrowsAsync<GrokException>(() => client.Ask(stream, [new(ChatRole.User, "Is it?")])));
        Assert.Single(model.Sent);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rejected_reasoning_is_dropped_once_and_a_second_rejection_throws(bool stream)
    {
        var (client, model) = Host(
            static () => throw new GrokException(GrokErrorKind.EncryptedContentRejected, "first"), static () => throw new GrokException(GrokErrorKind.EncryptedContentRejected, "second"));
        ChatMessage answer = new(ChatRole.Assistant, [new TextReasoningContent("Hm.") { ProtectedData = Some.Blob }, new TextContent("Yes.")]);
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Ask(stream, [new(ChatRole.User, "Is it?"), answer, new(ChatRole.User, "Sure?")]));
        Assert.Equal("second", e.Message);
        Assert.Equal([2, 1], model.Sent.Select(static s => s.Messages[1].Contents.Count));
        Assert.Equal(2, answer.Contents.Count);
    }

    /// <summary>Once the service said so it holds for all calls, also for one that the caller named, and after other failures.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Zero_data_retention_detected_once_turns_off_store_for_later_calls(bool stream)
    {
        var (client, model) = Host(
            static () => throw new GrokException(GrokErrorKind.InvalidRequest, "x") { ServiceMessage = "Zero Data Retention" },
            static () => ScriptedClient.Text("Yes.", null),
            static () => throw new GrokException(GrokErrorKind.EncryptedContentRejected, "x"),
            static () => ScriptedClient.Text("Yes.", null),
            static () => ScriptedClient.Text("Yes.", null));
        await client.Ask(stream, [new(ChatRole.User, "Is it?")]);
        await client.Ask(stream, [new(ChatRole.User, "Is it?")]);
        await client.Ask(stream, [new(ChatRole.User, "Is it?")], new ChatOptions { ConversationId = "mine" });
        Assert.Equal([null, false, false, false, false], model.Sent.Select(static s => (bool?)s.Options?.AdditionalProperties?[GrokKeys.Request.Store]));
        Assert.Equal("mine", model.Sent[^1].Options!.ConversationId);
    }

    [Fact]
    public async Task History_tracking_over_a_conversation_client_adds_no_fingerprint_and_sends_only_new_messages()
    {
        var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2"));
        using var client = model.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { TimeProvider = _clock }).AsHistoryTrackingClient();
        var first = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        Assert.False(first.Messages[0].AdditionalProperties!.ContainsKey(GrokKeys.History.Fingerprint));
        await client.Ask(false, [new(ChatRole.User, "Is it?"), first.Messages[0], new(ChatRole.User, "Sure?")]);
        Assert.Equal((1, "r1"), (model.Sent[1].Messages.Count, model.Sent[1].Options!.ConversationId));
        Assert.Equal(first.Messages[0].AdditionalProperties![GrokKeys.History.Conversation], first.Messages[0].Contents[0].AdditionalProperties![GrokKeys.History.Conversation]);
    }

    [Fact]
    public async Task Answer_that_continues_text_of_the_caller_is_found_again()
    {
        var (client, model) = Host(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text(" sure.", "r2"), static () => ScriptedClient.Text("No.", "r3"));
        List<ChatMessage> history = [new(ChatRole.User, "Is it?")];
        history.AddRange([(await client.Ask(false, [.. history])).Messages[0], new(ChatRole.User, "Sure?"), new(ChatRole.Assistant, "I am")]);
        history.AddRange([(await client.Ask(false, [.. history])).Messages[0], new(ChatRole.User, "Why?")]);
        await client.Ask(false, [.. history]);
        Assert.Equal(["Why?"], model.Sent[2].Messages.Select(static m => m.Text));
        Assert.Equal("r2", model.Sent[2].Options!.ConversationId);
    }

    [Fact]
    public async Task Stamp_that_only_an_earlier_message_of_the_answer_kept_is_found()
    {
        ChatResponseUpdate[] Loop() =>
        [
            new(ChatRole.Assistant, [new FunctionCallContent("c1", "f")]) { ResponseId = "r1", MessageId = "m1" },
            new(ChatRole.Tool, [new FunctionResultContent("c1", "18 degrees")]) { ResponseId = "r1", MessageId = "m2" },
            .. ScriptedClient.Text("Warm."),
        ];
        var (client, model) = Host(static o => o.HistoryKey = new byte[32], Loop, static () => ScriptedClient.Text("No.", "r2"));
        var answer = await client.Ask(false, [new(ChatRole.User, "Is it?")]);
        foreach (var message in answer.Messages)
        {
            message.AdditionalProperties = null;
        }

        // Another process, which remembers nothing.
        using var other = model.AsHistoryTrackingClient(new HistoryTrackingOptions { TimeProvider = _clock, HistoryKey = new byte[32] });
        await other.Ask(false, [new(ChatRole.User, "Is it?"), .. answer.Messages, new(ChatRole.User, "Sure?")]);
        Assert.Equal((1, "r1"), (model.Sent[1].Messages.Count, model.Sent[1].Options?.ConversationId));
    }

    private (IChatClient Client, ScriptedClient Model) Host(params Func<ChatResponseUpdate[]>[] answers) => Host(null, answers);

    private (IChatClient Client, ScriptedClient Model) Host(Action<HistoryTrackingOptions>? configure, params Func<ChatResponseUpdate[]>[] answers)
    {
        var options = new HistoryTrackingOptions { TimeProvider = _clock };
        configure?.Invoke(options);
        var model = new ScriptedClient(answers);
        return (model.AsHistoryTrackingClient(options), model);
    }
}
