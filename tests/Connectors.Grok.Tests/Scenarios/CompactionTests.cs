using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Compacted conversations over the emulator: what the model sees, what stays in the tree, and what happens when the service refuses.</summary>
public class CompactionTests : ConversationTestBase
{
    private const string Ticket = "ticket-4711";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_takes_the_place_of_the_turns(bool stream)
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        await Say(client, stream, "My name is Alice. Remember this.");
        await Say(client, stream, "What is 101*3");
        var third = await Say(client, stream, "What's my name?");
        Assert.Contains("Alice", third.Text, StringComparison.Ordinal);
        Assert.Equal("compaction user", Kinds(Emulator.Requests[^1]));
        Assert.False(Sent().TryGetProperty("previous_response_id", out _));
        Assert.Equal(nameof(RebuildReason.Compacted), third.Messages[0].AdditionalProperties![GrokKeys.Answer.Rebuilt]);

        var compact = Emulator.Requests[^2];
        Assert.Equal("/v1/responses/compact", compact.Path);
        Assert.Equal(["input", "model"], compact.Json!.Value.EnumerateObject().Select(static m => m.Name).Order());

        // The next turn continues the new chain by id.
        await Say(client, stream, "What is 2*3");
        Assert.Equal(third.ResponseId, Sent().GetProperty("previous_response_id").GetString());
        Assert.Equal(1, Items());

        var turns = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal("Answer Answer Compaction Answer Answer", string.Join(' ', turns.Select(static t => t.Kind)));
        Assert.True(turns[2].InputTokens > turns[2].OutputTokens);
        Assert.Equal(4, (await client.Conversations.GetMessagesAsync(Ticket)).Count(static m => m.Role == ChatRole.User));
    }

    [Fact]
    public async Task Length_decides_with_the_limit()
    {
        var client = Conversations(static o => o.Compaction = new() { Limit = 1000, Share = 0.5 });
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, new string('x', 4000));
        Assert.DoesNotContain(Emulator.Requests, static r => r.Path.EndsWith("/compact", StringComparison.Ordinal));
        Assert.True((await client.Conversations.GetAsync(Ticket))!.Head!.ContextTokens >= 500);
        Assert.Contains("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal("/v1/responses/compact", Emulator.Requests[^2].Path);
        Assert.True((await client.Conversations.GetAsync(Ticket))!.Head!.ContextTokens < 500);
        await Say(client, false, "What is 2*3");
        Assert.Single(Emulator.Requests, static r => r.Path.EndsWith("/compact", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Instructions_stay_in_force_and_changed_ones_are_announced_after_the_summary()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 1 });
        await Say(client, false, "My name is Alice. Remember this.", options: new() { Instructions = "Be short." });
        await Say(client, false, "What is 2*3", options: new() { Instructions = "Be short." });
        Assert.Equal("compaction user", Kinds(Emulator.Requests[^1]));
        Assert.Equal("system user", string.Join(' ', Kinds(Emulator.Requests[^2]).Split(' ')[..2]));
        await Say(client, false, "What is 2*4", options: new() { Instructions = "Be long." });
        Assert.Equal("compaction system user", Kinds(Emulator.Requests[^1]));
        Assert.Equal("compaction", Kinds(Emulator.Requests[^2]).Split(' ')[0]);
    }

    [Fact]
    public async Task Whole_history_is_matched_with_the_turns_and_continues_from_the_summary()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        List<ChatMessage> history = [];
        foreach (var question in (string[])["My name is Alice. Remember this.", "What is 101*3", "What's my name?", "What is 2*3"])
        {
            history.Add(new(ChatRole.User, question));
            history.AddRange((await Say(client, false, history)).Messages);
        }

        Assert.Equal("user user compaction user user", string.Join(' ', Emulator.Requests.Where(static r => r.Path == "/v1/responses").Select(Kinds)));
        Assert.Equal("Answer Answer Compaction Answer Answer", string.Join(' ', (await client.Conversations.GetTreeAsync(Ticket)).Select(static t => t.Kind)));

        // With an edit of a turn that was compacted, the model sees the turns before it.
        var edited = await Say(client, false, [.. history.Take(2), new(ChatRole.User, "What's my name, again?")]);
        Assert.Contains("Alice", edited.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("compaction", Kinds(Emulator.Requests[^1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rewound_and_forked_conversations_continue_without_the_summary()
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        var second = await Say(client, false, "What is 101*3");
        var compacted = await client.Conversations.CompactAsync(Ticket);
        Assert.Equal(2, compacted.TurnCount);
        Assert.True(compacted.TokensBefore > compacted.TokensAfter);
        var turns = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal(compacted.TurnId, turns[^1].Id);
        await client.Conversations.ForkAsync(Ticket, "fork", turns[1].Id);
        await Say(client, false, "What is 2*3", id: "fork");
        Assert.Equal(second.ResponseId, Sent().GetProperty("previous_response_id").GetString());
        await Say(client, false, "What is 2*4");
        Assert.Equal("compaction user", Kinds(Emulator.Requests[^1]));
        await client.Conversations.RewindAsync(Ticket, 2);
        await Say(client, false, "What is 2*5");
        Assert.Equal(second.ResponseId, Sent().GetProperty("previous_response_id").GetString());
    }

    [Fact]
    public async Task Regenerated_turn_continues_from_the_summary()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What is 101*3");
        await Say(client, false, "What's my name?");
        var again = await client.RegenerateAsync(Ticket);
        Assert.Contains("Alice", again.Text, StringComparison.Ordinal);
        Assert.Equal("compaction user", Kinds(Emulator.Requests[^1]));
    }

    [Fact]
    public async Task Expired_conversation_is_resent_from_the_summary()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What is 101*3");
        await Say(client, false, "What is 2*3");
        Clock.Advance(TimeSpan.FromDays(31));
        var late = await Say(client, false, "What's my name?");
        Assert.Contains("Alice", late.Text, StringComparison.Ordinal);
        Assert.StartsWith("compaction user", Kinds(Emulator.Requests[^1]), StringComparison.Ordinal);
        Assert.Equal(2, Kinds(Emulator.Requests[^1]).Split(' ').Count(static k => k == "user"));
    }

    [Fact]
    public async Task Exported_conversation_keeps_turns_and_summary()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        List<ChatMessage> history = [];
        foreach (var question in (string[])["My name is Alice. Remember this.", "What is 101*3", "What is 2*3"])
        {
            history.Add(new(ChatRole.User, question));
            history.AddRange((await Say(client, false, history)).Messages);
        }

        using var document = new MemoryStream();
        await client.Conversations.ExportAsync(Ticket, document);
        document.Position = 0;
        await client.Conversations.ImportAsync("copy", document);
        Assert.Equal("Answer Answer Compaction Answer", string.Join(' ', (await client.Conversations.GetTurnsAsync("copy")).Select(static t => t.Kind)));
        Assert.Contains("Alice", (await Say(client, false, "What's my name?", "copy")).Text, StringComparison.Ordinal);
        Assert.StartsWith("compaction user", Kinds(Emulator.Requests[^1]), StringComparison.Ordinal);

        // The history of the original is recognized in the copy.
        document.Position = 0;
        await client.Conversations.ImportAsync("copy 2", document);
        await Say(client, false, [.. history, new(ChatRole.User, "What's my name?")], "copy 2");
        Assert.Equal(5, (await client.Conversations.GetTreeAsync("copy 2")).Count);
    }

    [Fact]
    public async Task Summary_that_the_service_cannot_decrypt_is_replaced_by_the_turns()
    {
        var client = Conversations(static o => o.Compaction = new() { Turns = 2 });
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What is 101*3");
        await Say(client, false, "What is 2*3");
        var port = Emulator.BaseAddress.Port;

        // Another key, and none of the responses.
        await StartAsync(o => o.Port = port);
        var late = await Say(client, false, "What's my name?");
        Assert.Contains("Alice", late.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("compaction", Kinds(Emulator.Requests[^1]), StringComparison.Ordinal);

        // The turns are compacted again, under the new key.
        Assert.Contains("Alice", (await Say(client, false, "What's my name, again?")).Text, StringComparison.Ordinal);
        Assert.Equal("compaction user", Kinds(Emulator.Requests[^1]));
    }

    [Fact]
    public async Task Refused_compaction_leaves_the_conversation_as_it_was()
    {
        var log = new ListLogger();
        var client = Conversations(o => (o.Compaction, o.LoggerFactory) = (new() { Turns = 1, Model = "no-such-model" }, log));
        var first = await Say(client, false, "My name is Alice. Remember this.");
        Assert.Contains("Alice", (await Say(client, false, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(first.ResponseId, Sent().GetProperty("previous_response_id").GetString());
        Assert.Equal(2, (await client.Conversations.GetTreeAsync(Ticket)).Count);
        Assert.Contains(log.Lines, static l => l.Contains("could not be compacted", StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<GrokException>(() => client.Conversations.CompactAsync(Ticket));
        Assert.Equal(GrokErrorKind.UnknownModel, error.Kind);
        Assert.Equal(2, (await client.Conversations.GetTreeAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Nothing_is_compacted_twice_or_while_a_call_waits()
    {
        var client = Conversations();
        await Assert.ThrowsAsync<KeyNotFoundException>(() => client.Conversations.CompactAsync("nobody"));
        await Say(client, false, "My name is Alice. Remember this.");
        await client.Conversations.CompactAsync(Ticket);
        Assert.Contains("last compaction", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.CompactAsync(Ticket))).Message, StringComparison.Ordinal);
        await Say(client, false, "What's the weather in Oslo?", options: new() { Tools = [AIFunctionFactory.Create((string city) => "rain", "get_weather")] });
        Assert.Contains("function calls", (await Assert.ThrowsAsync<InvalidOperationException>(() => client.Conversations.CompactAsync(Ticket))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_that_comes_while_a_conversation_is_compacted_is_kept()
    {
        var plain = Conversations();
        await Say(plain, false, "My name is Alice. Remember this.");
        var isFirst = true;
        var store = new HookedStore(Store, async call =>
        {
            // Between the answer of the service and the turn of the summary.
            if (call == nameof(ConversationStore.AppendAsync) && isFirst)
            {
                isFirst = false;
                await Say(plain, false, "What is 2*3");
            }
        });
        var client = Client().AsConversationClient(store, new() { TimeProvider = Clock, Compaction = new() { Turns = 1 }, Conflict = ConversationConflict.Fork });
        var answer = await Say(client, false, "What's my name?");
        Assert.Contains("Alice", answer.Text, StringComparison.Ordinal);
        Assert.StartsWith($"{Ticket}~", answer.ConversationId, StringComparison.Ordinal);
        Assert.Equal("Answer Answer", string.Join(' ', (await plain.Conversations.GetTurnsAsync(Ticket)).Select(static t => t.Kind)));
    }

    [Fact]
    public async Task Turn_that_comes_while_a_conversation_is_compacted_by_hand_stays_the_head()
    {
        var plain = Conversations();
        await Say(plain, false, "My name is Alice. Remember this.");
        var gate = new CompactionGate(Emulator.CreateHandler());
        using var http = new HttpClient(gate);
        var compacting = GatedConversations(http).Conversations.CompactAsync(Ticket);
        await gate.Reached;
        var answer = await Say(plain, false, "What is 2*3");
        gate.Open();
        Assert.Contains("in the meantime", (await Assert.ThrowsAsync<InvalidOperationException>(() => compacting)).Message, StringComparison.Ordinal);
        var turns = await plain.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal(("Answer Answer", answer.ResponseId), (string.Join(' ', turns.Select(static t => t.Kind)), turns[^1].ResponseId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_writers_that_compact_at_once_both_keep_their_answers(bool stream)
    {
        await Say(Conversations(), false, "My name is Alice. Remember this.");
        var (slowGate, fastGate) = (new CompactionGate(Emulator.CreateHandler()), new CompactionGate(Emulator.CreateHandler()));
        using var slowHttp = new HttpClient(slowGate);
        using var fastHttp = new HttpClient(fastGate);
        var slow = Say(GatedConversations(slowHttp), stream, "What is 2*3");
        await slowGate.Reached;
        var fast = Say(GatedConversations(fastHttp), stream, "What is 2*4");
        await fastGate.Reached;
        fastGate.Open();
        var first = await fast;
        slowGate.Open();
        var second = await slow;
        Assert.Equal(Ticket, first.ConversationId);
        Assert.StartsWith($"{Ticket}~", second.ConversationId, StringComparison.Ordinal);
        Assert.Contains("6", second.Text, StringComparison.Ordinal);
        var conversations = Conversations().Conversations;
        Assert.Equal("Answer Compaction Answer", string.Join(' ', (await conversations.GetTurnsAsync(Ticket)).Select(static t => t.Kind)));
        Assert.Equal("Answer Answer", string.Join(' ', (await conversations.GetTurnsAsync(second.ConversationId!)).Select(static t => t.Kind)));
        foreach (var id in (string[])[Ticket, second.ConversationId!])
        {
            Assert.Contains("Alice", (await Say(Conversations(), stream, "What's my name?", id)).Text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelled_compaction_leaves_the_conversation_as_it_was(bool stream)
    {
        var plain = Conversations();
        var first = await Say(plain, false, "My name is Alice. Remember this.");
        var gate = new CompactionGate(Emulator.CreateHandler());
        using var http = new HttpClient(gate);
        var client = GatedConversations(http);
        foreach (var call in (Func<CancellationToken, Task>[])
        [
            token => client.Conversations.CompactAsync(Ticket, token),
            token => stream
                ? client.GetStreamingResponseAsync("What is 2*3", new() { ConversationId = Ticket }, token).ToChatResponseAsync(token)
                : client.GetResponseAsync("What is 2*3", new() { ConversationId = Ticket }, token),
        ])
        {
            using var cancel = new CancellationTokenSource();
            gate.Close();
            var running = call(cancel.Token);
            await gate.Reached;
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            Assert.Equal(first.ResponseId, Assert.Single(await plain.Conversations.GetTreeAsync(Ticket)).ResponseId);
        }

        Assert.Contains("Alice", (await Say(plain, stream, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(first.ResponseId, Sent().GetProperty("previous_response_id").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_that_was_changed_in_the_store_is_replaced_by_the_turns(bool stream)
    {
        var client = Conversations();
        await Say(client, false, "My name is Alice. Remember this.");
        await Say(client, false, "What is 101*3");
        var compacted = await client.Conversations.CompactAsync(Ticket);
        var turn = (await client.Conversations.GetTurnsAsync(Ticket))[^1];
        var text = System.Text.Encoding.UTF8.GetString(turn.Content.Span);
        var at = text.IndexOf("encrypted_content", StringComparison.Ordinal) + 40;
        while (text[(at - 6)..at].Contains('\\', StringComparison.Ordinal) || !char.IsAsciiLetterOrDigit(text[at]))
        {
            // Not within an escape sequence.
            at++;
        }

        var changed = turn with { Content = System.Text.Encoding.UTF8.GetBytes($"{text[..at]}{(text[at] == 'A' ? 'B' : 'A')}{text[(at + 1)..]}") };
        Assert.True(await Store.ReplaceAsync("", changed, turn.Content));

        Assert.Contains("Alice", (await Say(client, stream, "What's my name?")).Text, StringComparison.Ordinal);
        Assert.Equal(("compaction user", 400), (Kinds(Emulator.Requests[^2]), Emulator.Requests[^2].Status));
        Assert.Equal("user assistant user assistant user", Kinds(Emulator.Requests[^1]).Replace("reasoning ", "", StringComparison.Ordinal));
        Assert.Equal("Answer Answer Compaction Answer", string.Join(' ', (await client.Conversations.GetTurnsAsync(Ticket)).Select(static t => t.Kind)));
        Assert.Equal(compacted.TurnId, turn.Id);
    }

    [Fact]
    public async Task Conversation_that_outgrew_the_window_says_what_to_do_when_it_is_compacted()
    {
        await StartAsync(static o => o.ContextLength = 60);
        var log = new ListLogger();
        var client = Conversations(o => o.LoggerFactory = log);
        await Say(client, false, string.Join(' ', Enumerable.Repeat("word", 40)));
        var e = await Assert.ThrowsAsync<GrokException>(() => client.Conversations.CompactAsync(Ticket));
        Assert.Equal(GrokErrorKind.ContextLength, e.Kind);
        Assert.Contains(nameof(ConversationManager.RewindAsync), e.Message, StringComparison.Ordinal);
        Assert.Single(await client.Conversations.GetTreeAsync(Ticket));
    }

    private ConversationChatClient GatedConversations(HttpClient http) =>
        new GrokChatClient(new GrokChatClientOptions { ApiKey = "xai-test", Endpoint = Emulator.BaseAddress }, http)
            .AsConversationClient(Store, new() { TimeProvider = Clock, Compaction = new() { Turns = 1 }, Conflict = ConversationConflict.Fork });

    /// <summary>Holds requests for compactions until it is opened.</summary>
    private sealed class CompactionGate(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1));

        public void Open() => _open.TrySetResult();

        public void Close() => (_reached, _open) = (new(TaskCreationOptions.RunContinuationsAsynchronously), new(TaskCreationOptions.RunContinuationsAsynchronously));

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.AbsolutePath.EndsWith("/compact", StringComparison.Ordinal))
            {
                _reached.TrySetResult();
                await _open.Task.WaitAsync(cancellationToken);
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }
}
