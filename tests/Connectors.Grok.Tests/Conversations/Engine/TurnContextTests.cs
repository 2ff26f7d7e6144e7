using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations.Engine;

/// <summary>No step of a turn comes back to its caller's context, wherever it waits: in the store, for the model, in line.</summary>
public class TurnContextTests
{
    private static readonly ConversationId Id = new("", "ticket-4711");
    private readonly ManualTime _clock = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task First_turn_does_not_capture_the_callers_context(bool stream) =>
        IsNotUsed(stream, static _ => Task.FromResult(Asked()), static () => ScriptedClient.Text("Yes."));

    [Fact]
    public Task Turn_with_finish_reason_tool_calls_does_not_capture_the_callers_context() =>
        IsNotUsed(stream: true, static _ => Task.FromResult(Asked()), static () => [new(ChatRole.Assistant, "Yes.") { ResponseId = "r1", FinishReason = ChatFinishReason.ToolCalls }]);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Second_turn_does_not_capture_the_callers_context(bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            await Say(store).ConfigureAwait(false);
            return Asked();
        },
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_after_KeepFor_has_passed_does_not_capture_the_callers_context(bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            await Say(store).ConfigureAwait(false);
            _clock.Advance(TimeSpan.FromDays(2));
            return Asked();
        },
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_with_an_explicit_parent_does_not_capture_the_callers_context(bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            await Say(store).ConfigureAwait(false);
            var first = (await store.FindAsync(Id).ConfigureAwait(false))!.Head;
            await Say(store).ConfigureAwait(false);
            return (Asked().Messages, new ChatOptions().WithParentTurn(first));
        },
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    [InlineData(false, true)]
    public Task Turn_with_the_full_history_does_not_capture_the_callers_context(bool isStamped, bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            var answer = await Say(store).ConfigureAwait(false);
            return ([.. Asked().Messages, isStamped ? answer.Messages[0] : new ChatMessage(ChatRole.Assistant, answer.Text), .. Asked().Messages], null);
        },
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_after_an_unstored_response_does_not_capture_the_callers_context(bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            await Say(store, stored: null).ConfigureAwait(false);
            return Asked();
        },
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_rebuilt_after_UnknownResponse_does_not_capture_the_callers_context(bool stream) => IsNotUsed(
        stream,
        async store =>
        {
            await Say(store).ConfigureAwait(false);
            return Asked();
        },
        static () => throw new GrokException(GrokErrorKind.UnknownResponse, "Response with id=r1 not found"),
        static () => ScriptedClient.Text("Yes."));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_of_a_concurrently_deleted_conversation_does_not_capture_the_callers_context(bool stream)
    {
        InMemoryConversationStore? used = null;
        return IsNotUsed(
            stream,
            async store =>
            {
                used = store;
                await Say(store).ConfigureAwait(false);
                return Asked();
            },
            () =>
            {
                Assert.True(used!.DeleteAsync(Id).AsTask().IsCompletedSuccessfully);
                return ScriptedClient.Text("Yes.");
            });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Queued_turn_does_not_capture_the_callers_context(bool stream) => CallerContext.IsNotUsed(async gate =>
    {
        using var model = new ScriptedClient(static () => ScriptedClient.Text("Yes."), static () => ScriptedClient.Text("No.", "r2")) { Steps = new Steps(1, gate) };
        using var client = model.AsConversationClient(new InMemoryConversationStore(), new ConversationOptions { QueueTurns = true });
        var first = Ask(client, stream, Asked());
        var second = Ask(client, stream, Asked());
        Assert.Equal("No.", (await second.ConfigureAwait(false)).Text);
        Assert.Equal("Yes.", (await first.ConfigureAwait(false)).Text);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task Turn_with_history_tracking_does_not_capture_the_callers_context(bool stream) => CallerContext.IsNotUsedInAnyStep(async s =>
    {
        using var model = new ScriptedClient(static () => [new(ChatRole.Assistant, "Yes"), .. ScriptedClient.Text(".")]) { Steps = s };
        using var client = model.AsHistoryTrackingClient();
        Assert.Equal("Yes.", (await Ask(client, stream, Asked()).ConfigureAwait(false)).Text);
    });

    private static (IEnumerable<ChatMessage> Messages, ChatOptions? Options) Asked() => ([new(ChatRole.User, "Is it?")], null);

    private static async Task<ChatResponse> Ask(IChatClient client, bool stream, (IEnumerable<ChatMessage> Messages, ChatOptions? Options) what)
    {
        var options = what.Options ?? new ChatOptions();
        options.ConversationId = client is ConversationChatClient ? Id.Name : null;
        if (!stream)
        {
            return await client.GetResponseAsync(what.Messages, options).ConfigureAwait(false);
        }

        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(what.Messages, options).ConfigureAwait(false))
        {
            updates.Add(update);
        }

        return updates.ToChatResponse();
    }

    /// <summary>A turn that waits for nothing.</summary>
    private async Task<ChatResponse> Say(InMemoryConversationStore store, string? stored = "r1")
    {
        using var model = new ScriptedClient(() => ScriptedClient.Text("Yes.", stored));
        using var client = model.AsConversationClient(store, new ConversationOptions { TimeProvider = _clock });
        return await Ask(client, false, Asked()).ConfigureAwait(false);
    }

    private Task IsNotUsed(
        bool stream, Func<InMemoryConversationStore, Task<(IEnumerable<ChatMessage> Messages, ChatOptions? Options)>> arrange, params Func<ChatResponseUpdate[]>[] answers) =>
        CallerContext.IsNotUsedInAnyStep(async s =>
        {
            var store = new InMemoryConversationStore(_clock);
            var what = await arrange(store).ConfigureAwait(false);
            using var model = new ScriptedClient(answers) { Steps = s };
            using var client = model.AsConversationClient(
                new HookedStore(store, _ => s.NextAsync()), new ConversationOptions { TimeProvider = _clock, KeepFor = TimeSpan.FromDays(1), Conflict = ConversationConflict.Fork });
            Assert.Equal("Yes.", (await Ask(client, stream, what).ConfigureAwait(false)).Text);
        });
}
