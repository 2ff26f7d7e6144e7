using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>What of a conversation goes out.</summary>
public class ConversationRequestTests : ScriptedConversationTest
{
    [Fact]
    public async Task Instructions_are_sent_on_the_first_turn_and_as_a_message_when_they_change()
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3", "r3"), Answers("4", "r4"));
        var client = Over(inner);
        foreach (var instructions in (string?[])["Be brief.", "Be brief.", "Be polite.", null])
        {
            await Say(client, "Hello.", new ChatOptions { Instructions = instructions });
        }

        Assert.Equal(["Be brief.", null, null, null], inner.Sent.Select(static s => s.Options!.Instructions));
        Assert.Equal([null, "r1", "r2", "r3"], inner.Sent.Select(static s => s.Options!.ConversationId));
        Assert.Equal(["user: Hello.", "user: Hello.", "system: Be polite.\nuser: Hello.", "user: Hello."], inner.Sent.Select(static s => Said(s.Messages)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    public async Task Blank_instructions_are_treated_as_none(string blank)
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3"));
        var client = Over(inner);
        await Say(client, "One.", new ChatOptions { Instructions = "Be brief." });
        await Say(client, "Two.", new ChatOptions { Instructions = blank });
        await Say(client, "One.", new ChatOptions { Instructions = blank }, "other");
        Assert.Equal(["user: One.", "user: Two.", "user: One."], inner.Sent.Select(static s => Said(s.Messages)));
        Assert.Null(inner.Sent[2].Options!.Instructions);
        Assert.Null(Assert.Single(await client.Conversations.GetTurnsAsync("other")).InstructionsHash);
        var turns = await client.Conversations.GetTurnsAsync(Ticket);
        Assert.Equal(turns[0].InstructionsHash, turns[1].InstructionsHash);
    }

    [Fact]
    public async Task Changed_instructions_throw_with_the_conversation_id_when_the_option_is_Throw()
    {
        var inner = new ScriptedClient(Answers("1"));
        var client = Over(inner, static o => o.ContinuationInstructions = ContinuationInstructions.Throw);
        await Say(client, "One.", new ChatOptions { Instructions = "Be brief." });
        var e = await Assert.ThrowsAsync<InvalidOperationException>(() => Say(client, "Two.", new ChatOptions { Instructions = "Be polite." }));
        Assert.Equal("The instructions differ from those of the conversation 'ticket-4711'.", e.Message);
        Assert.Single(inner.Sent);
    }

    [Fact]
    public async Task Options_of_the_caller_are_sent_and_not_changed()
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"));
        var options = new ChatOptions { ConversationId = Ticket, Instructions = "Be brief.", AdditionalProperties = new() { [GrokKeys.Request.User] = "u", [GrokKeys.Request.PromptCacheKey] = "mine" } };
        var client = Over(inner);
        await client.GetResponseAsync("One.", options);
        await client.GetResponseAsync("Two.", options);
        Assert.All(inner.Sent, static s => Assert.Equal(
            [(GrokKeys.Request.PromptCacheKey, "mine"), (GrokKeys.Request.User, "u")], s.Options!.AdditionalProperties!.Select(static p => (p.Key, p.Value)).Order()));
        Assert.Equal((Ticket, "Be brief.", 2), (options.ConversationId, options.Instructions, options.AdditionalProperties.Count));
    }

    [Fact]
    public async Task Prompt_cache_key_is_stable_per_conversation_and_does_not_reveal_its_id()
    {
        var inner = new ScriptedClient(Answers("1"), Answers("2", "r2"), Answers("3"), Answers("4"), Answers("5"));
        var client = Over(inner);
        await Say(client, "One.");
        await Say(client, "Two.");
        await Say(client, "One.", id: "bc");
        await Say(client, "One.", new ChatOptions().WithTenant("a"), "bc");
        await Say(client, "One.", new ChatOptions().WithTenant("ab"), "c");
        var keys = inner.Sent.Select(static s => (string)s.Options!.AdditionalProperties![GrokKeys.Request.PromptCacheKey]!).ToList();
        Assert.Equal(keys[0], keys[1]);
        Assert.Equal(4, keys.Distinct().Count());
        Assert.All(keys, static k => Assert.Matches("^[0-9A-F]{32}$", k));
    }

    [Fact]
    public async Task Unnamed_conversations_and_turns_get_ids_of_32_hexadecimal_digits()
    {
        var client = Over(new ScriptedClient(Answers("1"), Answers("2", "r2")));
        var first = await client.GetResponseAsync("One.");
        Assert.Matches("^[0-9a-f]{32}$", first.ConversationId);
        var second = await client.GetResponseAsync("Two.");
        Assert.NotEqual(first.ConversationId, second.ConversationId);
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(await client.Conversations.GetTurnsAsync(first.ConversationId!)).Id);
    }

    [Fact]
    public async Task New_message_reads_only_the_head_from_the_store()
    {
        await CreateConversationAsync("One.", "Two.", "Three.");
        var store = new HookedStore(Store);
        await Say(Over(new ScriptedClient(Answers("4", "r4")), store: store), "Four.");
        Assert.Equal(["LookUpAsync", "AppendAsync"], store.Calls);
    }

    [Theory]
    [InlineData("grok-4.7", null, "r1")]
    [InlineData("grok-4.7", "grok-4.7", "r1")]
    [InlineData("grok-4.7", "grok-3-mini", null)]
    [InlineData("grok-3-mini", null, null)]
    [InlineData("grok-3-mini", "grok-4.7", "r1")]
    public async Task Default_model_of_the_client_counts_when_a_model_change_is_detected(string otherDefault, string? model, string? continued)
    {
        static ScriptedClient Client(string model, string id) => new ScriptedClient(Answers("Yes.", id)).With(new ChatClientMetadata(null, null, model));
        await Say(Over(Client("grok-4.7", "r1")), "One.");
        var other = Client(otherDefault, "r2");
        var answer = await Say(Over(other), "Two.", new ChatOptions { ModelId = model });
        Assert.Equal(continued, other.Sent[0].Options!.ConversationId);
        Assert.Equal(continued is null ? "ModelChanged" : null, answer.Messages[0].AdditionalProperties!.GetValueOrDefault(GrokKeys.Answer.Rebuilt));
    }

    [Fact]
    public async Task WithParentTurn_continues_from_a_turn_when_the_conversation_is_fully_rewound()
    {
        var manager = await CreateConversationAsync("One.", "Two.");
        var first = (await manager.GetTurnsAsync(Ticket))[0];
        await manager.RewindAsync(Ticket, 2);
        var inner = new ScriptedClient(Answers("2", "r3"));
        Assert.Equal(Ticket, (await Say(Over(inner), "Two?", new ChatOptions().WithParentTurn(first.Id))).ConversationId);
        Assert.Equal("r1", inner.Sent[0].Options!.ConversationId);
        Assert.Equal(["r1", "r3"], (await manager.GetTurnsAsync(Ticket)).Select(static t => t.ResponseId));
    }

    [Fact]
    public async Task Calls_without_results_are_left_out_and_logged_and_their_question_stays()
    {
        var inner = new ScriptedClient(Answers("Hello."), Answers([Call("c1")], "r2"), Answers("I do not know.", "r3"), Answers("Yes?", "r4"));
        var log = new ListLogger();
        var client = Over(inner, o => o.LoggerFactory = log);
        await Say(client, "Hello!");
        await Say(client, "I live in Oslo. What is the weather?");
        Assert.Empty(log.Lines);
        var broken = (await client.Conversations.GetTurnsAsync(Ticket))[^1];
        await Say(client, "Where do I live?");
        Assert.Equal(
            (null, "user: Hello!\nassistant: Hello.\nuser: I live in Oslo. What is the weather?\nuser: Where do I live?"),
            (inner.Sent[2].Options!.ConversationId, Said(inner.Sent[2].Messages)));
        Assert.Equal(
            ["Resending the conversation ticket-4711 in full: UnansweredCalls.", $"Left out function calls of the turn {broken.Id}, because their results did not come."], log.Lines);
        Assert.Equal(broken.Id, (await client.Conversations.GetTurnsAsync(Ticket))[^1].ParentId);

        // Who names the turn to continue leaves nothing out.
        await client.Conversations.GoToAsync(Ticket, broken.Id);
        await Say(client, "Again.", new ChatOptions().WithParentTurn(broken.ParentId));
        Assert.Equal(2, log.Lines.Count);
    }

    [Fact]
    public async Task Response_is_in_the_exception_when_the_protector_fails()
    {
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => Say(Over(new ScriptedClient(Answers("Paid for.")), static o => o.Protector = new FailingProtector()), "One."));
        Assert.Matches("^The content of the turn '[0-9a-f]{32}' cannot be encrypted: the protector failed, for example because its key is lost\\. No key\\.$", e.Message);
        Assert.Equal("Paid for.", e.Response!.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Store_failure_is_wrapped_with_the_response_and_a_cancellation_is_rethrown(bool isItsOwnCancellation)
    {
        Exception failure = isItsOwnCancellation ? new OperationCanceledException() : new IOException("The disk is full.");
        var store = new HookedStore(Store, name => name == "AppendAsync" ? throw failure : Task.CompletedTask);
        var asked = Say(Over(new ScriptedClient(Answers("Paid for.")), store: store), "One.");
        if (isItsOwnCancellation)
        {
            Assert.Same(failure, await Assert.ThrowsAsync<OperationCanceledException>(() => asked));
            return;
        }

        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => asked);
        Assert.Equal(("The disk is full.", "Paid for.", false), (e.Message, e.Response!.Text, e.IsTransient));
        Assert.Same(failure, e.InnerException);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Function_result_in_a_new_conversation_throws_before_a_request_is_sent(bool isAmongOthers)
    {
        var inner = new ScriptedClient(Answers("1"));
        AIContent[] others = isAmongOthers ? [new TextContent("Here it is.")] : [];
        var e = await Assert.ThrowsAsync<ArgumentException>(() => Over(inner).GetResponseAsync(
            [new ChatMessage(ChatRole.Tool, [.. others, new FunctionResultContent("c1", "18 degrees")])], new ChatOptions { ConversationId = Ticket }));
        Assert.StartsWith($"The conversation '{Ticket}' has no pending function call 'c1'", e.Message, StringComparison.Ordinal);
        Assert.Empty(inner.Sent);
    }

    /// <summary>The third turn continues text that began in the first one.</summary>
    [Fact]
    public async Task History_in_which_one_text_runs_over_several_turns_is_recognized()
    {
        var model = new ScriptedClient(
            static () => ScriptedClient.Text("One."), static () => ScriptedClient.Text("Three.", "r2"), static () => ScriptedClient.Text("Five.", "r3"), static () => ScriptedClient.Text("No.", "r4"));
        using var client = model.AsConversationClient(new InMemoryConversationStore());
        var options = new ChatOptions { ConversationId = Ticket };
        List<ChatMessage> history = [new(ChatRole.User, "Count!")];
        history.AddRange([.. (await client.GetResponseAsync([.. history], options)).Messages, new(ChatRole.Assistant, "Two.")]);
        history.AddRange((await client.GetResponseAsync([.. history], options)).Messages);
        ChatMessage four = new(ChatRole.Assistant, "Four.");
        history.AddRange([four, .. (await client.GetResponseAsync([four], options)).Messages, new(ChatRole.User, "Go on?")]);
        foreach (var message in history)
        {
            message.AdditionalProperties = null;
        }

        await client.GetResponseAsync(history, options);
        Assert.Equal("r3", model.Sent[3].Options!.ConversationId);
        Assert.Equal(["Go on?"], model.Sent[3].Messages.Select(static m => m.Text));
    }

    private sealed class FailingProtector : IConversationProtector
    {
        public byte[] Protect(byte[] content, byte[] associatedData) => throw new InvalidDataException("No key.");

        public byte[] Unprotect(byte[] encrypted, byte[] associatedData) => encrypted;
    }
}
