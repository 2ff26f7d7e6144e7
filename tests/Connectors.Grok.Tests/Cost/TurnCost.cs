using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Cost;

/// <summary>The tokens and the cost of one turn, with a compaction before it.</summary>
/// <param name="Input">The input tokens of the turn.</param>
/// <param name="Cached">Those of them that the prompt cache held.</param>
/// <param name="Ticks">The cost in ticks of 1e-10 USD, with that of the compaction.</param>
/// <param name="IsCompacted">Whether the conversation was compacted before the turn.</param>
internal sealed record TurnCost(long Input, long Cached, long Ticks, bool IsCompacted)
{
    /// <summary>Reads the turns of a conversation. The cost of a compaction counts with the turn after it.</summary>
    public static List<TurnCost> From(IEnumerable<ConversationTurn> turns)
    {
        var (costs, compaction) = (new List<TurnCost>(), (ConversationTurn?)null);
        foreach (var turn in turns)
        {
            if (turn.Kind == ConversationTurnKind.Compaction)
            {
                compaction = turn;
                continue;
            }

            costs.Add(new(turn.InputTokens, turn.CachedInputTokens, turn.CostInUsdTicks + (compaction?.CostInUsdTicks ?? 0), compaction is not null));
            compaction = null;
        }

        return costs;
    }
}
