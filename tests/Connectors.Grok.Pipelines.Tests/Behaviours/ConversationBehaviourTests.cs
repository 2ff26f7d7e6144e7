using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>The behaviours over conversations that get their ids from the client.</summary>
public class ConversationBehaviourTests : BehaviourTests
{
    protected override Continuation Continues => Continuation.Id;

    protected override IChatClient Create() => Grok().AsConversationClient(new InMemoryConversationStore());
}
