using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>What reading a mutated answer came to.</summary>
/// <param name="Updates">The updates that came, of a stream.</param>
/// <param name="Answer">The answer, when there was one.</param>
/// <param name="Failure">What was thrown, when it was.</param>
internal sealed record Reading(IReadOnlyList<ChatResponseUpdate> Updates, ChatResponse? Answer, Exception? Failure)
{
    /// <summary>As one word.</summary>
    public string Outcome => Failure switch
    {
        null => "answer",
        GrokException e => $"GrokException, {e.Kind}",
        _ => Failure.GetType().Name,
    };

    public string Meaning => Answer is not null ? Digest.Of(Answer) : Failure is GrokException e ? Digest.Of(e) : Outcome;
}
