using Microsoft.Extensions.AI;

namespace Connectors.Grok.Pipelines.Tests.Behaviours;

/// <summary>The behaviours over the plain client.</summary>
public class GrokClientBehaviourTests : BehaviourTests
{
    protected override Continuation Continues => Continuation.Id;

    protected override bool RecognizesHistories => false;

    protected override IChatClient Create() => Grok();
}
