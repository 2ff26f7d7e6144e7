using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Scenarios;

/// <summary>Answers that no turn ends with, or that several histories share: they are recognized, and never taken for others.</summary>
public sealed class HiddenAnswerTests : StatefulServiceTest
{
    /// <summary>The fingerprint of a history does not cover what a tool of the service returned.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task Equal_histories_of_two_users_are_told_apart(bool isMarked, bool hasKey)
    {
        var inner = new ScriptedClient([.. Enumerable.Range(1, 3).Select(static n => (Func<ChatResponseUpdate[]>)(() => ScriptedClient.Text("3 mails.", $"r{n}")))]);
        var client = Tracking(o => o.HistoryKey = hasKey ? Some.HistoryKey : null, inner);
        List<ChatMessage> alice = [User("inbox?")], bob = [User("inbox?")];
        alice.AddRange((await client.Ask(false, alice)).Messages);
        bob.AddRange((await client.Ask(false, bob)).Messages);
        await client.Ask(false, [.. Kept(isMarked ? "JSON" : "texts", alice), User("read them")]);
        Assert.Equal((isMarked ? "r1" : null, isMarked ? 1 : 3), (inner.Sent[^1].Options?.ConversationId, inner.Sent[^1].Messages.Count));
    }

    [Theory]
    [InlineData("texts")]
    [InlineData("live")]
    public async Task Edit_of_a_history_with_which_a_name_began_is_seen_as_posted(string way)
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 3; turn++)
        {
            history.Add(User($"question {turn}"));
            history.AddRange((await client.Ask(false, [history[^1]], Named(id: "earlier"))).Messages);
        }

        history = Kept(way, history);
        await client.Ask(false, [.. history, User("question 4")], Named());
        List<ChatMessage> posted = [.. history.Take(4), User("edited")];
        await client.Ask(false, posted, Named());
        Assert.Equal(Text(posted), Text(Service.Seen));
    }

    [Theory]
    [InlineData("texts")]
    [InlineData("live")]
    public async Task Edit_of_a_window_is_seen_as_posted_in_a_fork(string way)
    {
        var (client, history) = await ThreeTurnsAsync();
        await client.Ask(false, [.. Kept("texts", history.Skip(2)), User("question 4")], Named());
        await client.Conversations.ForkAsync("t", "fork");
        List<ChatMessage> posted = [.. Kept(way, history.Skip(2).Take(2)), User("edited")];
        await client.Ask(false, posted, Named(id: "fork"));
        Assert.Equal(Text(posted), Text(Service.Seen));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Turn_of_another_conversation_is_found_under_a_protector(bool isNew)
    {
        var (client, history) = await ThreeTurnsAsync(static o => o.Protector = new XorProtector());
        if (!isNew)
        {
            await client.Ask(false, [User("other")], Named(id: "p"));
        }

        var second = (await client.Conversations.GetTurnsAsync("t"))[1].Id;
        await client.Ask(false, [User("question p")], Named(id: "p").WithParentTurn(second));
        List<ChatMessage> posted = [.. Kept("texts", history.Take(4)), User("edited")];
        await client.Ask(false, posted, Named(id: "p"));
        Assert.Equal((Text(posted), 1), (Text(Service.Seen), Service.Sent));
    }

    /// <summary>A loop that a caller writes appends to one list, and passes it with the same options.</summary>
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Loop_that_repeats_its_question_and_its_call_sends_only_the_result(bool hasParent, bool stream)
    {
        var (client, _) = await ThreeTurnsAsync();
        var options = hasParent ? Named().WithParentTurn((await client.Conversations.GetTurnsAsync("t"))[0].Id) : Named();
        List<ChatMessage> loop = [User("call it")];
        var call = await client.Ask(stream, loop, options);
        var seen = Text(Service.Seen);
        loop.AddRange(call.Messages);
        loop.Add(Result(CallId(call), "18 degrees"));
        await client.Ask(stream, loop, options);
        Assert.Equal(($"{seen}\n{Text(loop.Skip(1))}", 1), (Text(Service.Seen), Service.Sent));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Any_call_of_an_answer_is_evidence_of_it(int kept)
    {
        var inner = new ScriptedClient(
            static () =>
            {
                var answer = ScriptedClient.Text("I call.", "r1");
                answer[0].Contents = [new TextContent("I call."), new FunctionCallContent("k1", "f"), new FunctionCallContent("k2", "f")];
                return answer;
            },
            static () => ScriptedClient.Text("Done.", "r2"),
            static () => ScriptedClient.Text("Well.", "r3"));
        var client = Conversations(inner: inner);
        List<ChatMessage> history = [User("first"), .. (await client.Ask(false, [User("first")], Named())).Messages, Result("k1", "1"), Result("k2", "2")];
        await client.Ask(false, [.. history.Skip(2)], Named());
        var id = $"k{kept + 1}";
        await client.Ask(false, [new(ChatRole.Assistant, [new FunctionCallContent(id, "f")]), Result(id, "1"), Assistant("Done."), User("and?")], Named());
        Assert.Equal((null, 4), (inner.Sent[^1].Options!.ConversationId, inner.Sent[^1].Messages.Count));
    }

    [Fact]
    public async Task Changed_system_message_is_resent_once_where_the_caller_keeps_the_messages()
    {
        var client = Conversations(static o => o.Retention = ConversationRetention.Nothing);
        List<ChatMessage> history = [SystemMessage("Be brief."), User("question 1")];
        history.AddRange((await client.Ask(false, history, Named())).Messages);
        history[0] = SystemMessage("Be polite.");
        history.Add(User("question 2"));
        Clock.Advance(TimeSpan.FromDays(31));
        await client.Ask(false, history, Named());
        Assert.Equal(Text(history), Text(Service.Seen));
    }

    [Fact]
    public async Task Messages_that_were_read_from_the_conversation_are_recognized_without_a_question()
    {
        var (client, _) = await ThreeTurnsAsync();
        List<ChatMessage> posted = [.. (await client.Conversations.GetMessagesAsync("t")).TakeLast(1), User("edited")];
        await client.Ask(false, posted, Named());
        Assert.Equal(Text(posted), Text(Service.Seen));
    }

    [Fact]
    public async Task Question_that_is_an_image_is_evidence_with_its_answer()
    {
        var client = Conversations();
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 2; turn++)
        {
            history.Add(new(ChatRole.User, [new DataContent(new[] { (byte)turn }, "image/png")]));
            history.AddRange((await client.Ask(false, [history[^1]], Named())).Messages);
        }

        List<ChatMessage> posted = [.. Kept("bare", history.Skip(2)), User("edited")];
        await client.Ask(false, posted, Named());
        Assert.Equal(3, Service.Seen.Count);
    }

    [Fact]
    public async Task Answer_in_a_conflict_exception_names_the_fork()
    {
        var client = Conversations(static o => o.Conflict = ConversationConflict.Throw);
        var hold = new TaskCompletionSource();
        Service.Hold = hold.Task;
        var slow = client.GetResponseAsync([User("slow")], Named());
        await client.Ask(false, [User("fast")], Named());
        hold.SetResult();
        var e = await Assert.ThrowsAsync<ConversationConflictException>(() => slow);
        Assert.Equal(e.ForkId, e.Response.ConversationId);
        await client.Ask(false, [User("go on")], new ChatOptions { ConversationId = e.Response.ConversationId });
        Assert.StartsWith("user: slow\n", Text(Service.Seen), StringComparison.Ordinal);
    }

    /// <summary>A cache of the application below may return one object to several callers.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_of_the_layer_below_is_not_changed(bool isTracked)
    {
        var answer = new ChatResponse(new ChatMessage(ChatRole.Assistant, "Hello.")) { ResponseId = "r1", ConversationId = "r1", ModelId = "grok-4.7", FinishReason = ChatFinishReason.Stop };
        using var below = new OneAnswer(answer);
        IChatClient client = isTracked ? Tracking(inner: below) : Conversations(inner: below);
        var first = await client.GetResponseAsync([User("Hi.")]);
        var second = await client.GetResponseAsync([User("Hi.")]);
        Assert.Equal(("r1", true), (answer.ConversationId, answer.Messages[0].AdditionalProperties is null));
        Assert.True(isTracked || first.ConversationId != second.ConversationId);
        Assert.NotSame(first.Messages[0], second.Messages[0]);
    }

    private async Task<(ConversationChatClient Client, List<ChatMessage> History)> ThreeTurnsAsync(Action<ConversationOptions>? configure = null)
    {
        var client = Conversations(configure);
        List<ChatMessage> history = [];
        for (var turn = 1; turn <= 3; turn++)
        {
            history.Add(User($"question {turn}"));
            history.AddRange((await client.Ask(false, [history[^1]], Named())).Messages);
        }

        return (client, history);
    }

    private sealed class OneAnswer(ChatResponse answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(answer);

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
