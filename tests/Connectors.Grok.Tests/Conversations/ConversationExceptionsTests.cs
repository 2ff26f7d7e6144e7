using Connectors.Grok.Conversations;
using Connectors.Grok.Tests.Conversations.Engine;
using Connectors.Grok.Tests.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Tests.Conversations;

public class ConversationExceptionsTests : ScriptedConversationTest
{
    [Fact]
    public void Each_conversation_exception_has_its_own_error_kind_and_is_not_transient_by_default()
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
    public async Task Store_failure_after_a_rebuild_throws_with_the_response_and_without_another_request(bool isStreamed)
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
