using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Conversations.Engine;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

public class ConversationExceptionsTests : ScriptedConversationTest
{
    [Fact]
    public void Failures_of_conversations_are_GrokExceptions_of_a_kind_of_their_own()
    {
        foreach (var (failure, kind) in ((GrokException, GrokErrorKind)[])
        [
            (new ConversationConflictException("a", "b", new ChatResponse()), GrokErrorKind.ConversationConflict),
            (new ConversationBudgetException("a", 1, 1), GrokErrorKind.ConversationBudget),
            (new ConversationStoreException("Down."), GrokErrorKind.ConversationStore),
            (new ConversationDeleteException(["r1"], new IOException("Down.")), GrokErrorKind.ConversationDelete),
        ])
        {
            Assert.Equal((kind, false), (failure.Kind, failure.IsTransient));
        }

        GrokException busy = new ConversationStoreException("Busy.") { IsTransient = true };
        Assert.True(busy.IsTransient);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_fails_after_a_rebuild_is_reported_as_it_is_and_nothing_is_asked_twice(bool isStreamed)
    {
        var isDown = false;
        var store = new HookedStore(Store, name => isDown && name == nameof(ConversationStore.AppendAsync) ? throw new ConversationStoreException("The disk is full.") : Task.CompletedTask);
        var inner = new ScriptedClient(Answers("1"), Fails(new GrokException(GrokErrorKind.UnknownResponse, "Gone.")), Answers("2", "r2"));
        var client = Over(inner, store: store);
        await Say(client, "One.");
        isDown = true;
        var e = await Assert.ThrowsAsync<ConversationStoreException>(() => client.Ask(isStreamed, [new(ChatRole.User, "Two.")], new() { ConversationId = Ticket }));
        Assert.Equal(("The disk is full.", "2", 3), (e.Message, e.Response!.Text, inner.Sent.Count));
    }
}
