using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>The result of reading a mutated answer.</summary>
/// <param name="Updates">The received updates of a stream.</param>
/// <param name="Answer">The answer, when there was one.</param>
/// <param name="Failure">The exception; null when there was none.</param>
internal sealed record Reading(IReadOnlyList<ChatResponseUpdate> Updates, ChatResponse? Answer, Exception? Failure)
{
    /// <summary>The result as one word.</summary>
    public string Outcome => Failure switch
    {
        null => "answer",
        GrokException e => $"GrokException, {e.Kind}",
        _ => Failure.GetType().Name,
    };

    public string Meaning => Answer is not null ? Digest.From(Answer) : Failure is GrokException e ? Digest.From(e) : Outcome;
}
