using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>The behaviours over history tracking.</summary>
public class HistoryTrackingBehaviourTests : BehaviourTests
{
    protected override Continuation Continues => Continuation.History;

    protected override IChatClient Create() => Grok().AsHistoryTrackingClient();
}
