using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>Questions that were stopped or failed, kept as turns of the kind <see cref="ConversationTurnKind.Unanswered"/>.</summary>
public class UnansweredTests : ScriptedConversationTest
{
    private static readonly ChatOptions Options = new() { ConversationId = Ticket };

    [Fact]
    public async Task Abandoned_stream_keeps_the_question_and_the_part_that_came()
    {
        using var model = new ScriptedClient(Pieces("It ", "is"));
        using var client = KeepingClient(model);
        await ReadAsync(client, "Is it?", updates: 2);
        var turn = Assert.Single(await client.Conversations.GetTreeAsync(Ticket));
        Assert.Equal((ConversationTurnKind.Unanswered, null, null, false), (turn.Kind, turn.Failure, turn.ResponseId, turn.IsStored));
        Assert.Equal("user: Is it?\nassistant: It is", Said(Messages(client, turn)));
        Assert.Null((await client.Conversations.GetAsync(Ticket))!.Head);
        Assert.Empty(await client.Conversations.GetMessagesAsync(Ticket));
    }

    [Fact]
    public async Task Failed_stream_keeps_the_kind_of_the_failure_and_its_exception_tells_the_turn()
    {
        using var model = new ScriptedClient(Pieces("It ", "is")) { Break = new GrokException(GrokErrorKind.StreamBroken, "Cut.") };
        using var client = KeepingClient(model);
        var failure = await Assert.ThrowsAsync<GrokException>(() => ReadAsync(client, "Is it?"));
        var turn = Assert.Single(await client.Conversations.GetTreeAsync(Ticket));
        Assert.Equal((turn.Id, GrokErrorKind.StreamBroken), (failure.GetUnansweredTurnId(), turn.Failure));
    }

    [Fact]
    public async Task Other_exceptions_are_kept_as_Other_and_cancellation_as_no_failure()
    {
        using var broken = new ScriptedClient(Pieces("It")) { Break = new IOException("Gone.") };
        using var client = KeepingClient(broken);
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(client, "Is it?"));
        using var cancelled = new ScriptedClient(Fails(new OperationCanceledException()));
        using var second = KeepingClient(cancelled);
        var stop = await Assert.ThrowsAsync<OperationCanceledException>(() => Say(second, "Is that so?"));
        var turns = await second.Conversations.GetTreeAsync(Ticket);
        Assert.Equal([GrokErrorKind.Other, null], turns.OrderBy(t => t.Id == stop.GetUnansweredTurnId()).Select(static t => t.Failure));
        Assert.Equal("user: Is that so?", Said(Messages(second, turns.Single(t => t.Id == stop.GetUnansweredTurnId()))));
    }

    [Theory]
    [InlineData(GrokErrorKind.Server, true)]
    [InlineData(GrokErrorKind.Connection, true)]
    [InlineData(GrokErrorKind.Timeout, true)]
    [InlineData(GrokErrorKind.InvalidRequest, false)]
    [InlineData(GrokErrorKind.RateLimit, false)]
    [InlineData(GrokErrorKind.Overload, false)]
    public async Task Question_that_failed_before_the_answer_began_is_kept_unless_the_request_was_rejected(GrokErrorKind kind, bool isKept)
    {
        using var model = new ScriptedClient(Fails(new GrokException(kind, "No.")), Fails(new GrokException(kind, "No.")));
        using var client = KeepingClient(model);
        var streamed = await Assert.ThrowsAsync<GrokException>(() => ReadAsync(client, "Is it?"));
        var whole = await Assert.ThrowsAsync<GrokException>(() => Say(client, "Is it?"));
        Assert.Equal((isKept, isKept), (streamed.GetUnansweredTurnId() is not null, whole.GetUnansweredTurnId() is not null));
        Assert.Equal(isKept ? 2 : 0, (await client.Conversations.GetTreeAsync(Ticket)).Count);
    }

    [Fact]
    public async Task Nothing_is_kept_by_default_or_without_messages_or_without_a_name()
    {
        foreach (var configure in new Action<ConversationOptions>[] { static _ => { }, static o => (o.KeepUnanswered, o.Retention) = (true, ConversationRetention.Reasoning) })
        {
            using var model = new ScriptedClient(Pieces("It"));
            using var client = Over(model, configure);
            await ReadAsync(client, "Is it?", updates: 1);
            Assert.Null(await Store.FindAsync(new("", Ticket)));
        }

        using var unnamed = new ScriptedClient(Fails(new OperationCanceledException()));
        using var keeping = KeepingClient(unnamed);
        var stop = await Assert.ThrowsAsync<OperationCanceledException>(() => keeping.GetResponseAsync("Is it?"));
        Assert.Null(stop.GetUnansweredTurnId());
        Assert.Empty(await keeping.Conversations.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Complete_answer_leaves_no_unanswered_turn()
    {
        using var model = new ScriptedClient(Answers("Yes."), Answers("No.", "r2"));
        using var client = KeepingClient(model);
        await ReadAsync(client, "Is it?", updates: 1);
        await ReadAsync(client, "Sure?");
        Assert.Equal([ConversationTurnKind.Answer, ConversationTurnKind.Answer], (await client.Conversations.GetTreeAsync(Ticket)).Select(static t => t.Kind));
    }

    [Fact]
    public async Task Continuing_sends_the_history_the_question_and_the_partial_text_and_the_next_answer_continues_by_id()
    {
        using var model = new ScriptedClient(Answers("One."), Pieces("Tw"), Answers("o.", "r3"), Answers("Three.", "r4"));
        using var client = KeepingClient(model);
        await Say(client, "Count.");
        await ReadAsync(client, "And?", updates: 1);
        var unanswered = (await client.Conversations.GetTreeAsync(Ticket)).Single(static t => t.Kind == ConversationTurnKind.Unanswered);
        Assert.Equal("One.", Said([(await client.Conversations.GetMessagesAsync(Ticket))[^1]])["assistant: ".Length..]);

        var answer = await Say(client, "Continue.", Options.WithParentTurn(unanswered.Id));
        Assert.Equal("user: Count.\nassistant: One.\nuser: And?\nassistant: Tw\nuser: Continue.", Said(model.Sent[^1].Messages));
        Assert.Null(model.Sent[^1].Options!.ConversationId);
        Assert.Equal(RebuildReason.Unanswered, answer.GetRebuildReason());
        var path = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal([ConversationTurnKind.Answer, ConversationTurnKind.Unanswered, ConversationTurnKind.Answer], path.Select(static t => t.Kind));

        await Say(client, "And?");
        Assert.Equal(("r3", "user: And?"), (model.Sent[^1].Options!.ConversationId, Said(model.Sent[^1].Messages)));
    }

    [Fact]
    public async Task Whole_history_with_a_continued_question_is_recognized()
    {
        using var model = new ScriptedClient(Pieces("Tw"), Answers("o.", "r2"), Answers("Three.", "r3"));
        using var client = KeepingClient(model);
        await ReadAsync(client, "Count.", updates: 1);
        var unanswered = Assert.Single(await client.Conversations.GetTreeAsync(Ticket));
        await Say(client, "Continue.", Options.WithParentTurn(unanswered.Id));
        var history = await client.Conversations.GetMessagesAsync(Ticket);
        Assert.Equal("user: Count.\nassistant: Tw\nuser: Continue.\nassistant: o.", Said(history));
        await Say(client, [.. history, new ChatMessage(ChatRole.User, "And?")]);
        Assert.Equal(("r2", "user: And?"), (model.Sent[^1].Options!.ConversationId, Said(model.Sent[^1].Messages)));
    }

    [Fact]
    public async Task Question_is_kept_beside_a_turn_that_another_call_added_in_the_meantime()
    {
        using var other = new ScriptedClient(Answers("One."), Answers("Two.", "r2"));
        using var first = KeepingClient(other);
        await Say(first, "Count.");
        using var model = new ScriptedClient(Pieces("Tw"));
        using var client = KeepingClient(model);
        await using (var updates = client.GetStreamingResponseAsync("And?", Options).GetAsyncEnumerator())
        {
            Assert.True(await updates.MoveNextAsync());
            await Say(first, "Meanwhile?");
        }

        var tree = await client.Conversations.GetTreeAsync(Ticket);
        Assert.Equal(tree[0].Id, tree.Single(static t => t.Kind == ConversationTurnKind.Unanswered).ParentId);
        Assert.Equal("Two.", Messages(client, (await client.Conversations.GetAsync(Ticket))!.Head!)[^1].Text);
    }

    [Fact]
    public async Task Store_failure_while_keeping_is_logged_and_does_not_replace_the_exception()
    {
        var log = new ListLogger();
        using var model = new ScriptedClient(Pieces("It")) { Break = new GrokException(GrokErrorKind.StreamBroken, "Cut.") };
        var store = new HookedStore(Store, static call => call == "AppendAsync" ? throw new ConversationStoreException("Down.") : Task.CompletedTask);
        using var client = Over(model, o => (o.KeepUnanswered, o.LoggerFactory) = (true, log), store);
        var failure = await Assert.ThrowsAsync<GrokException>(() => ReadAsync(client, "Is it?"));
        Assert.Equal(("Cut.", null), (failure.Message, failure.GetUnansweredTurnId()));
        Assert.Contains("The unanswered question of the conversation ticket-4711 could not be stored (ConversationStoreException).", log.Lines);
    }

    [Fact]
    public async Task Question_is_not_kept_after_its_parent_was_deleted()
    {
        using var other = new ScriptedClient(Answers("One."));
        using var first = KeepingClient(other);
        await Say(first, "Count.");
        using var model = new ScriptedClient(Pieces("Tw"));
        using var client = KeepingClient(model);
        await using (var updates = client.GetStreamingResponseAsync("And?", Options).GetAsyncEnumerator())
        {
            Assert.True(await updates.MoveNextAsync());
            await first.Conversations.DeleteAsync(Ticket);
        }

        Assert.Empty(await client.Conversations.ListAsync().ToListAsync());
    }

    [Fact]
    public async Task Conversation_does_not_point_to_an_unanswered_turn()
    {
        using var model = new ScriptedClient(Answers("One."), Pieces("Tw"), Answers("o.", "r3"));
        using var client = KeepingClient(model);
        await Say(client, "Count.");
        await ReadAsync(client, "And?", updates: 1);
        var manager = client.Conversations;
        var unanswered = (await manager.GetTreeAsync(Ticket)).Single(static t => t.Kind == ConversationTurnKind.Unanswered);
        Assert.Contains("question without an answer", (await Assert.ThrowsAsync<InvalidOperationException>(() => manager.GoToAsync(Ticket, unanswered.Id))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => manager.ForkAsync(Ticket, "fork", unanswered.Id));
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.GoToAsync(Ticket, "unknown"));

        await Say(client, "Continue.", Options.WithParentTurn(unanswered.Id));
        await manager.RewindAsync(Ticket);
        Assert.Equal(unanswered.ParentId, (await manager.GetAsync(Ticket))!.Head!.Id);
    }

    [Fact]
    public async Task Exported_unanswered_turn_is_imported_and_can_be_continued()
    {
        using var model = new ScriptedClient(Answers("One."), Pieces("Tw"), Answers("o.", "r3")) { Break = null };
        using var client = KeepingClient(model);
        await Say(client, "Count.");
        using (var failing = new ScriptedClient(Pieces("Tw")) { Break = new GrokException(GrokErrorKind.Server, "Down.") })
        using (var broken = KeepingClient(failing))
        {
            await Assert.ThrowsAsync<GrokException>(() => ReadAsync(broken, "And?"));
        }

        using var document = new MemoryStream();
        await client.Conversations.ExportAsync(Ticket, document);
        document.Position = 0;
        await client.Conversations.ImportAsync("copy", document);
        var copy = (await client.Conversations.GetTreeAsync("copy")).Single(static t => t.Kind == ConversationTurnKind.Unanswered);
        Assert.Equal((GrokErrorKind.Server, null), (copy.Failure, copy.AnswerFingerprint));
        Assert.Equal("user: And?\nassistant: Tw", Said(Messages(client, copy)));

        document.Position = 0;
        var text = new StreamReader(document).ReadToEnd();
        var head = (await client.Conversations.GetAsync(Ticket))!.Head!.Id;
        var id = (await client.Conversations.GetTreeAsync(Ticket)).Single(static t => t.Kind == ConversationTurnKind.Unanswered).Id;
        await RejectedAsync(text.Replace($"\"head\":\"{head}\"", $"\"head\":\"{id}\"", StringComparison.Ordinal), "never a head");
        await RejectedAsync(text.Replace("\"failure\":\"Server\"", "\"failure\":\"Bad luck\"", StringComparison.Ordinal), "\"failure\" of turns[1]");

        async Task RejectedAsync(string edited, string message)
        {
            var unsigned = System.Text.Json.Nodes.JsonNode.Parse(edited)!.AsObject();
            unsigned.Remove("checksum");
            using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(unsigned.ToJsonString()));
            Assert.Contains(message, (await Assert.ThrowsAsync<InvalidDataException>(() => client.Conversations.ImportAsync("edited", stream))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Titles_are_listed_and_encrypted_for_their_conversation()
    {
        var manager = await CreateConversationAsync("Count.");
        await manager.RenameAsync(Ticket, "Numbers");
        Assert.Equal("Numbers", Assert.Single(await manager.ListAsync().ToListAsync()).Title);
        Assert.Equal("Numbers", (await manager.GetAsync(Ticket))!.Title);
        await manager.RenameAsync(Ticket, " ");
        Assert.Null((await manager.GetAsync(Ticket))!.Title);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.RenameAsync("unknown", "Numbers"));
        await Assert.ThrowsAsync<ArgumentException>(() => manager.RenameAsync(Ticket, "\0"));
        await Assert.ThrowsAsync<NotSupportedException>(() => Manager(new HookedStore(Store)).RenameAsync(Ticket, "Numbers"));

        var sealing = new ConversationManager(Store, new ConversationOptions { Protector = new XorProtector() }, null);
        await sealing.RenameAsync(Ticket, "Numbers");
        Assert.DoesNotContain("Numbers", (await Store.FindAsync(new("", Ticket)))!.Title, StringComparison.Ordinal);
        Assert.Equal("Numbers", Assert.Single(await sealing.ListAsync().ToListAsync()).Title);
        await Store.SetTitleAsync(new("", Ticket), "Numbers");
        await Assert.ThrowsAsync<ConversationStoreException>(() => sealing.FindAsync(Ticket));

        // One title of another key does not hide the other conversations.
        Assert.Null(Assert.Single(await sealing.ListAsync().ToListAsync()).Title);
    }

    [Fact]
    public async Task Outline_has_turns_without_contents_and_each_can_be_loaded()
    {
        var manager = await CreateConversationAsync("Count.", "And?");
        var outline = await manager.GetOutlineAsync(Ticket);
        Assert.Equal((await manager.GetTreeAsync(Ticket)).Select(static t => t.Id), outline.Select(static t => t.Id));
        Assert.All(outline, static t => Assert.True(t.Content.IsEmpty));
        Assert.Equal("And?", manager.Read((await manager.LoadAsync(outline[1]))!).Input[0].Text);
        Assert.Null(await manager.LoadAsync(outline[0] with { Id = "gone" }));
        Assert.Empty(await manager.GetOutlineAsync("unknown"));
        Assert.All(await Manager(new HookedStore(Store)).GetOutlineAsync(Ticket), static t => Assert.True(t.Content.IsEmpty));
    }

    [Fact]
    public async Task Removed_turn_moves_the_head_before_it_and_deletes_what_follows()
    {
        using var model = new ScriptedClient(Answers("One."), Pieces("Tw"), Answers("o.", "r3"), Answers("Three.", "r4"));
        using var client = KeepingClient(model);
        var manager = client.Conversations;
        await Say(client, "Count.");
        await ReadAsync(client, "And?", updates: 1);
        var unanswered = (await manager.GetTreeAsync(Ticket)).Single(static t => t.Kind == ConversationTurnKind.Unanswered);
        await Say(client, "Continue.", Options.WithParentTurn(unanswered.Id));
        await Say(client, "And?");
        var path = await manager.GetTurnsAsync(Ticket);

        // A question without an answer is no head, so the conversation goes back to the answer before it.
        await manager.RemoveAsync(Ticket, path[2].Id);
        Assert.Equal([path[0].Id, unanswered.Id], (await manager.GetOutlineAsync(Ticket)).Select(static t => t.Id));
        Assert.Equal(path[0].Id, (await manager.FindAsync(Ticket))!.HeadTurnId);
        await manager.RemoveAsync(Ticket, unanswered.Id);
        Assert.Equal(path[0].Id, Assert.Single(await manager.GetOutlineAsync(Ticket)).Id);
        await Assert.ThrowsAsync<KeyNotFoundException>(() => manager.RemoveAsync(Ticket, unanswered.Id));
        await Assert.ThrowsAsync<NotSupportedException>(() => Manager(new HookedStore(Store)).RemoveAsync(Ticket, path[0].Id));
        await manager.RemoveAsync(Ticket, path[0].Id);
        Assert.Null(await manager.FindAsync(Ticket));
    }

    [Fact]
    public async Task Turn_is_not_removed_when_another_turn_was_added_in_the_meantime()
    {
        var manager = await CreateConversationAsync("Count.", "And?");
        var path = await manager.GetTurnsAsync(Ticket);
        var moving = new MovingStore(Store, async () => await manager.GoToAsync(Ticket, path[0].Id));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Manager(moving).RemoveAsync(Ticket, path[1].Id));
        Assert.Equal(2, (await manager.GetOutlineAsync(Ticket)).Count);
    }

    /// <summary>A store in which somebody moves the name just before a turn is removed.</summary>
    private sealed class MovingStore(ConversationStore store, Func<Task> move) : HookedStore(store)
    {
        private readonly ConversationStore _store = store;

        public override async ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default)
        {
            await move().ConfigureAwait(false);
            return await _store.RemoveAsync(id, turnId, head, expectedHead, cancellationToken).ConfigureAwait(false);
        }
    }

    private ConversationChatClient KeepingClient(ScriptedClient model) => Over(model, static o => o.KeepUnanswered = true);

    private static async Task ReadAsync(IChatClient client, string question, int updates = int.MaxValue)
    {
        await foreach (var _ in client.GetStreamingResponseAsync(question, Options))
        {
            if (--updates == 0)
            {
                break;
            }
        }
    }

    private static Func<ChatResponseUpdate[]> Pieces(params string[] pieces) => () =>
        [.. pieces.Select(static p => new ChatResponseUpdate(ChatRole.Assistant, p) { ResponseId = "r9", MessageId = "r9", ModelId = "grok-4.7" })];

    private static IReadOnlyList<ChatMessage> Messages(ConversationChatClient client, ConversationTurn turn)
    {
        var (input, output) = client.Conversations.Read(turn);
        return [.. input, .. output];
    }
}
