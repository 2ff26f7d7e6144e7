using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>What layers above and below do to the updates of a conversation, as function invocation does.</summary>
public class LayersTests : ScriptedConversationTest
{
    private static ChatResponseUpdate Piece(string text) => new(ChatRole.Assistant, text) { ResponseId = "r1", MessageId = "m1" };

    private static ChatResponseUpdate End(string? id, string message = "m1", ChatFinishReason? reason = null) =>
        new(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = id ?? "r", MessageId = message, ConversationId = id, FinishReason = reason ?? ChatFinishReason.Stop };

    /// <summary>A function loop below: the answer with the call, its result, and the answer to that.</summary>
    private static ChatResponseUpdate[] Loop(string? last) =>
    [
        new(ChatRole.Assistant, [Call("c1")]) { ResponseId = "r1", MessageId = "m1" },
        End("r1", reason: ChatFinishReason.ToolCalls),
        new(ChatRole.Tool, [new FunctionResultContent("c1", "18")]) { ResponseId = "r1", MessageId = "m2", ConversationId = "r1" },
        new(ChatRole.Assistant, "18 degrees.") { ResponseId = last ?? "r", MessageId = "m3" },
        End(last, "m3"),
    ];

    private static IEnumerable<AIContent> Kept(ConversationChatClient client, ConversationTurn turn) => client.Conversations.Read(turn).Output.SelectMany(static m => m.Contents);

    [Fact]
    public async Task Stored_turn_is_not_affected_by_changes_of_an_outer_layer_to_updates()
    {
        using var client = Over(new ScriptedClient(static () => [new(ChatRole.Assistant, [Call("c1")]) { ResponseId = "r1", MessageId = "m1" }, End("r1", reason: ChatFinishReason.ToolCalls)]));
        await foreach (var update in client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }))
        {
            update.Contents.Clear();
            update.Contents.Add(new TextContent("May I?"));
            update.ConversationId = "mine";
        }

        var turn = Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
        Assert.True(turn.IsStored);
        Assert.Equal("c1", Assert.IsType<FunctionCallContent>(Assert.Single(Kept(client, turn))).CallId);
    }

    [Theory]
    [InlineData("r2")]
    [InlineData(null)]
    public async Task Inner_function_loop_is_stored_as_one_turn_with_the_id_of_its_last_response(string? last)
    {
        ChatResponseUpdate[]? below = null;
        using var model = new ScriptedClient(() => below = Loop(last), Answers("Sunny.", "r3"));
        using var client = Over(model);
        var updates = await client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }).ToListAsync();

        Assert.Equal([null, null, null, null, Ticket], updates.Select(static u => u.ConversationId));
        Assert.Equal(["r1", "r1", last], below!.Where(static u => u.FinishReason is not null || u.ConversationId is not null).Select(static u => u.ConversationId));
        Assert.All(below!, static u => Assert.Null(u.AdditionalProperties));
        Assert.Equal([ChatFinishReason.ToolCalls, ChatFinishReason.Stop], updates.Select(static u => u.FinishReason).OfType<ChatFinishReason>());
        var turn = Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
        Assert.Equal((last ?? "r", last is not null), (turn.ResponseId, turn.IsStored));
        Assert.Equal([typeof(FunctionCallContent), typeof(FunctionResultContent), typeof(TextContent)], Kept(client, turn).Select(static c => c.GetType()));

        // The loop is closed: nothing waits for a result.
        await Say(client, "And tomorrow?");
        Assert.Equal(last, model.Sent[^1].Options!.ConversationId);
        Assert.Equal(last is null ? 5 : 1, model.Sent[^1].Messages.Count);
    }

    [Fact]
    public async Task Streamed_answer_without_a_finish_reason_is_kept_at_the_end_of_its_stream()
    {
        using var client = Over(new ScriptedClient(static () => [Piece("Ye"), Piece("s.")]));
        var updates = await client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal([null, null, Ticket], updates.Select(static u => u.ConversationId));
        Assert.Equal("Yes.", (await client.Conversations.GetMessagesAsync(Ticket))[^1].Text);
    }

    [Fact]
    public async Task Broken_stream_is_not_stored_even_when_the_caller_continues_reading()
    {
        using var client = Over(new ScriptedClient(static () => [new(ChatRole.Assistant, [Call("c1")]), End("r1", reason: ChatFinishReason.ToolCalls)]) { Break = new IOException("Gone") });
        await using var updates = client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }).GetAsyncEnumerator(default);
        Assert.True(await updates.MoveNextAsync());
        await Assert.ThrowsAsync<IOException>(async () => await updates.MoveNextAsync());
        Assert.False(await updates.MoveNextAsync());
        Assert.Empty(await client.Conversations.GetTurnsAsync(Ticket));
    }

    [Theory]
    [InlineData("stop", false)]
    [InlineData("stop", true)]
    [InlineData("tool_calls", false)]
    [InlineData("tool_calls", true)]
    public async Task Update_added_by_an_inner_layer_after_the_finish_reason_keeps_the_response_complete(string reason, bool isText)
    {
        AIContent[] added = [.. isText ? (AIContent[])[new TextContent("(Checked.)")] : [], new UsageContent(new() { OutputTokenCount = 3 })];
        using var client = Over(new ScriptedClient(() => [Piece("Yes."), End("r1", reason: new(reason)), new(null, added)]));
        var updates = await client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal(3, updates.Count);
        Assert.Equal(Ticket, updates.Single(static u => u.FinishReason is not null).ConversationId);
        Assert.Equal(3, updates.ToChatResponse().Usage!.OutputTokenCount);
        Assert.Equal("r1", Assert.Single(await client.Conversations.GetTurnsAsync(Ticket)).ResponseId);
    }

    /// <summary>Function invocation goes by the call, whatever the answer says of its end.</summary>
    [Theory]
    [InlineData("length")]
    [InlineData("content_filter")]
    [InlineData("stop")]
    public async Task Inner_function_loop_continues_after_a_response_with_a_call_for_any_finish_reason(string reason)
    {
        using var client = Over(new ScriptedClient(() => [Loop("r2")[0], End("r1", reason: new(reason)), .. Loop("r2")[2..]]));
        var updates = await client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal([null, null, null, null, Ticket], updates.Select(static u => u.ConversationId));
        var turn = Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
        Assert.Equal(("r2", true), (turn.ResponseId, turn.IsStored));
        Assert.Equal([typeof(FunctionCallContent), typeof(FunctionResultContent), typeof(TextContent)], Kept(client, turn).Select(static c => c.GetType()));
    }

    [Fact]
    public async Task Final_update_without_function_calls_is_returned_immediately()
    {
        var steps = new Steps(0, Task.CompletedTask);
        using var client = Over(new ScriptedClient(static () => [Piece("Yes."), End("r1"), new(null, [new UsageContent(new())])]) { Steps = steps });
        var read = new List<int>();
        await foreach (var update in client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }))
        {
            read.Add(steps.Count);
        }

        Assert.Equal([1, 2, 3], read);
    }

    [Fact]
    public async Task Updates_held_back_at_a_possible_end_are_returned_in_order()
    {
        ChatResponseUpdate added = new(null, [new UsageContent(new() { OutputTokenCount = 3 })]);
        using var client = Over(new ScriptedClient(() => [.. Loop("r2")[..2], added, .. Loop("r2")[2..]]));
        var updates = await client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal(
            [typeof(FunctionCallContent), typeof(UsageContent), typeof(FunctionResultContent), typeof(TextContent)],
            updates.SelectMany(static u => u.Contents).Select(static c => c.GetType()));
        Assert.Equal("r2", Assert.Single(await client.Conversations.GetTurnsAsync(Ticket)).ResponseId);
    }

    [Fact]
    public async Task Streamed_loop_whose_last_answer_has_no_finish_reason_is_kept_as_one_turn()
    {
        using var client = Over(new ScriptedClient(static () => [.. Loop("r2")[..2], Loop("r2")[3]]));
        Assert.Equal(Ticket, (await client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }).ToListAsync())[^1].ConversationId);
        Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
    }

    [Fact]
    public async Task ConversationId_is_set_on_the_last_of_two_updates_with_a_finish_reason()
    {
        using var client = Over(new ScriptedClient(static () => [Piece("Yes."), End("r1", reason: ChatFinishReason.ToolCalls), End("r1")]));
        var updates = await client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal([null, null, Ticket], updates.Select(static u => u.ConversationId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_loop_terminated_by_a_function_is_resent_in_full_on_the_next_turn(bool stream)
    {
        using var model = new ScriptedClient(static () => Loop("r2")[..3], Answers("Sunny.", "r3"));
        using var client = Over(model);
        var answer = await client.Ask(stream, [new(ChatRole.User, "Weather?")], new() { ConversationId = Ticket });
        Assert.Equal(Ticket, answer.ConversationId);
        var turn = Assert.Single(await client.Conversations.GetTurnsAsync(Ticket));
        Assert.Equal((false, "r1"), (turn.IsStored, Assert.Single(turn.StoredResponseIds)));
        await client.Ask(stream, [new(ChatRole.User, "And tomorrow?")], new() { ConversationId = Ticket });
        Assert.Null(model.Sent[^1].Options!.ConversationId);
        Assert.Equal("user: Weather?\nassistant: FunctionCallContent\ntool: FunctionResultContent\nuser: And tomorrow?", Said(model.Sent[^1].Messages));
    }

    [Fact]
    public async Task Function_loop_terminated_before_a_response_does_not_take_over_the_previous_response_id()
    {
        using var client = Over(new ScriptedClient(
            static () => [new(ChatRole.Assistant, [Call("c1")]) { ResponseId = "r1", MessageId = "m1" }, End("r1", reason: ChatFinishReason.ToolCalls)],
            static () => [.. Loop("r2")[..1], Loop("r2")[2], new(null, [new UsageContent(new() { OutputTokenCount = 1 })])]));
        await client.GetStreamingResponseAsync("Weather?", new() { ConversationId = Ticket }).ToListAsync();
        await client.GetStreamingResponseAsync(new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", "18")]), new() { ConversationId = Ticket }).ToListAsync();
        var turns = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal([("r1", true, 1), (null, false, 0)], turns.Select(static t => (t.ResponseId, t.IsStored, t.StoredResponseIds.Count)).OrderByDescending(static t => t.IsStored));
    }

    [Fact]
    public async Task Response_is_stored_when_its_id_arrives_before_its_finish_reason()
    {
        using var client = Over(new ScriptedClient(static () =>
        [
            Piece("Yes."),
            new(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", MessageId = "m1", ConversationId = "r1" },
            new(ChatRole.Assistant, (IList<AIContent>)[]) { ResponseId = "r1", MessageId = "m1", FinishReason = ChatFinishReason.Stop },
        ]));
        var updates = await client.GetStreamingResponseAsync("Is it?", new() { ConversationId = Ticket }).ToListAsync();
        Assert.Equal([null, null, Ticket], updates.Select(static u => u.ConversationId));
        Assert.True(Assert.Single(await client.Conversations.GetTurnsAsync(Ticket)).IsStored);
    }

    [Fact]
    public async Task Tracked_history_continues_from_the_last_response_of_an_inner_function_loop()
    {
        ChatResponseUpdate[]? below = null;
        using var model = new ScriptedClient(() => below = Loop("r2"), Answers("Sunny.", "r3"));
        using var client = model.AsHistoryTrackingClient();
        var history = new List<ChatMessage> { new(ChatRole.User, "Weather?") };
        var updates = await client.GetStreamingResponseAsync(history).ToListAsync();
        Assert.All(updates, static u => Assert.Null(u.ConversationId));
        Assert.Equal("r1", below![1].ConversationId);
        history.AddRange(updates.ToChatResponse().Messages);
        history.Add(new(ChatRole.User, "And tomorrow?"));
        await client.GetResponseAsync(history);
        Assert.Equal("r2", model.Sent[^1].Options!.ConversationId);
        Assert.Equal("user: And tomorrow?", Said(model.Sent[^1].Messages));
    }

    [Fact]
    public async Task Call_of_a_tracked_answer_without_a_finish_reason_leaves_at_the_end_of_its_stream()
    {
        using var client = new ScriptedClient(static () => [Piece("Well."), new(ChatRole.Assistant, [Call("c1")])]).AsHistoryTrackingClient();
        Assert.Equal([typeof(TextContent), typeof(FunctionCallContent)], (await client.GetStreamingResponseAsync("Weather?").ToListAsync()).SelectMany(static u => u.Contents).Select(static c => c.GetType()));
    }

    [Fact]
    public async Task History_tracking_returns_call_and_result_of_a_loop_terminated_before_its_first_response()
    {
        using var client = new ScriptedClient(static () => [Loop("r2")[0], Loop("r2")[2]]).AsHistoryTrackingClient();
        var updates = await client.GetStreamingResponseAsync("Weather?").ToListAsync();
        Assert.Equal([typeof(FunctionCallContent), typeof(FunctionResultContent)], updates.SelectMany(static u => u.Contents).Select(static c => c.GetType()));
    }

    [Fact]
    public async Task History_tracking_returns_a_terminated_function_loop_without_a_response_id()
    {
        using var client = new ScriptedClient(static () => Loop("r2")[..3]).AsHistoryTrackingClient();
        var updates = await client.GetStreamingResponseAsync("Weather?").ToListAsync();
        Assert.Equal([typeof(FunctionCallContent), typeof(FunctionResultContent)], updates.SelectMany(static u => u.Contents).Select(static c => c.GetType()));
        Assert.Equal("tool_calls", updates[^1].AdditionalProperties![GrokKeys.Answer.FinishReason]);
        Assert.DoesNotContain(GrokKeys.History.ResponseId, updates[^1].AdditionalProperties!.Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Approval_response_rebuilds_the_conversation_and_later_turns_omit_the_approval(bool stream)
    {
        var ask = new ToolApprovalRequestContent("a1", Call("c1"));
        using var model = new ScriptedClient(Answers([ask]), Answers([Call("c1"), new FunctionResultContent("c1", "18"), new TextContent("18 degrees.")], null), Answers("Sunny.", "r3"), Answers("Hello.", "r4"));
        using var client = Over(model);
        await client.Ask(stream, [new(ChatRole.User, "Weather?")], new() { ConversationId = Ticket });
        var decided = await client.Ask(stream, [new(ChatRole.User, [ask.CreateResponse(true)])], new() { ConversationId = Ticket });

        // A loop below runs the function before it sends anything: too late to learn that the service forgot the call.
        Assert.Null(model.Sent[^1].Options!.ConversationId);
        Assert.Equal("user: Weather?\nassistant: ToolApprovalRequestContent\nuser: ToolApprovalResponseContent", Said(model.Sent[^1].Messages));
        Assert.Equal("ApprovalDecided", decided.Messages[^1].AdditionalProperties![GrokKeys.Answer.Rebuilt]);

        // The loop is over. What was asked and approved on the way is no part of what was said.
        await client.Ask(stream, [new(ChatRole.User, "And tomorrow?")], new() { ConversationId = Ticket });
        Assert.Equal("user: Weather?\nassistant: FunctionCallContent, FunctionResultContent, 18 degrees.\nuser: And tomorrow?", Said(model.Sent[^1].Messages));
    }

    [Fact]
    public async Task Approval_response_continues_by_id_when_the_content_was_not_kept()
    {
        var ask = new ToolApprovalRequestContent("a1", Call("c1"));
        using var model = new ScriptedClient(Answers([ask]), Answers("18 degrees.", "r2"));
        using var client = Over(model, static o => o.Retention = ConversationRetention.Nothing);
        await Say(client, "Weather?");
        await Say(client, [new(ChatRole.User, [ask.CreateResponse(true)])]);
        Assert.Equal("r1", model.Sent[^1].Options!.ConversationId);
    }

    [Fact]
    public async Task Request_for_approval_without_a_decision_is_left_out_and_its_question_stays()
    {
        using var model = new ScriptedClient(Answers("Hello.", "r1"), Answers([new ToolApprovalRequestContent("a1", Call("c1"))], "r2"), Answers("Sunny.", "r3"));
        using var client = Over(model);
        await Say(client, "Hi.");
        await Say(client, "Weather?");
        await Say(client, "Never mind.");
        Assert.Equal((null, "user: Hi.\nassistant: Hello.\nuser: Weather?\nuser: Never mind."), (model.Sent[^1].Options!.ConversationId, Said(model.Sent[^1].Messages)));
    }

    [Fact]
    public async Task Rebuild_omits_function_calls_without_a_result()
    {
        using var model = new ScriptedClient(
            Answers([new TextContent("I look."), Call("c1"), Call("c2")]),
            Answers("18 degrees.", "r2"),
            Fails(new GrokException(GrokErrorKind.UnknownResponse, "Response with id=r2 not found")),
            Answers("Sunny.", "r3"));
        using var client = Over(model);
        await Say(client, "Oslo and Rome?");
        await Say(client, [new(ChatRole.Tool, [new FunctionResultContent("c2", "18")])]);
        await Say(client, "And tomorrow?");
        Assert.Equal(
            "user: Oslo and Rome?\nassistant: I look., FunctionCallContent\ntool: FunctionResultContent\nassistant: 18 degrees.\nuser: And tomorrow?", Said(model.Sent[^1].Messages));
        Assert.Equal("c2", model.Sent[^1].Messages[1].Contents.OfType<FunctionCallContent>().Single().CallId);
    }

    [Fact]
    public async Task Rebuild_omits_approval_requests_without_a_response()
    {
        ToolApprovalRequestContent first = new("a1", Call("c1")), second = new("a2", Call("c2"));
        using var model = new ScriptedClient(
            Answers([first, second]), Answers([Call("c2"), new FunctionResultContent("c2", "18"), new TextContent("18 degrees.")], null), Answers("Hello.", "r3"));
        using var client = Over(model);
        await Say(client, "Oslo and Rome?");
        await Say(client, [new(ChatRole.User, [second.CreateResponse(true)])]);
        Assert.Equal("user: Oslo and Rome?\nassistant: ToolApprovalRequestContent\nuser: ToolApprovalResponseContent", Said(model.Sent[^1].Messages));
        Assert.Equal(second.RequestId, model.Sent[^1].Messages[1].Contents.OfType<ToolApprovalRequestContent>().Single().RequestId);
        await Say(client, "And tomorrow?");
        Assert.Equal("user: Oslo and Rome?\nassistant: FunctionCallContent, FunctionResultContent, 18 degrees.\nuser: And tomorrow?", Said(model.Sent[^1].Messages));
    }
}
