using Connectors.Grok.Conversations;
using Connectors.Grok.Emulator;
using Connectors.Grok.Pipelines.Tests.Behaviours.Support;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>The behaviours over a conversation that a layer of the application names, below all other layers.</summary>
public class NamedConversationBehaviourTests : BehaviourTests
{
    protected override Continuation Continues => Continuation.Id;

    protected override IChatClient Create() =>
        Grok().AsConversationClient(new InMemoryConversationStore()).AsBuilder().ConfigureOptions(static o => o.ConversationId ??= Ticket).Build();

    // A summary is a request of its own. Through the named conversation it would become a turn of it.
    protected override IChatClient CreateSummarizer(IChatClient client) => Grok();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Summary_through_the_named_conversation_becomes_its_turn(bool isStreamed)
    {
        Answer("What's my name?", "Alice.");
        AnswerSummary("Summarize", "Alice loves hiking.");
        var client = Create();
        using var summarizing = new SummarizingClient(client, client, threshold: 1, "Summarize the conversation.");
        Assert.Equal("Alice.", (await AskAsync(summarizing, isStreamed, Copy(Hikes))).Text);
        // The reduced messages hold no answer of the conversation together with its question, so they are new messages.
        Emulator.Requests[1].ShouldSend("assistant", "user", "assistant", "user");
        Assert.NotNull(Emulator.Requests[1].PreviousResponseId);
        Assert.Equal(2, (await client.GetService<ConversationManager>()!.GetTurnsAsync(Ticket, Now)).Count);
    }
}
