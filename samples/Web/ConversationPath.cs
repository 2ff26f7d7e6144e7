using Connectors.Grok.Conversations;

namespace Web;

/// <summary>A conversation's tree without contents, and the path through it that the page shows.</summary>
internal sealed class ConversationPath(ConversationSummary? summary, IReadOnlyList<ConversationTurn> tree)
{
    private readonly ILookup<string?, ConversationTurn> _children = tree.ToLookup(static t => t.ParentId);

    public ConversationSummary? Summary => summary;

    public IReadOnlyList<ConversationTurn> Tree => tree;

    /// <summary>The turn after which the next message comes: the head, or the newest question after it that has no answer.</summary>
    public ConversationTurn? Tip
    {
        get
        {
            var tip = tree.FirstOrDefault(t => t.Id == summary?.HeadTurnId);
            while (_children[tip?.Id].MaxBy(static t => t.CreatedAt) is { Kind: ConversationTurnKind.Unanswered } question)
            {
                tip = question;
            }

            return tip;
        }
    }

    /// <summary>Finds a turn of the tree.</summary>
    /// <exception cref="ProblemException">The conversation has no such turn.</exception>
    public ConversationTurn Find(string? turn) => tree.FirstOrDefault(t => t.Id == turn) ?? throw new ProblemException(Problems.Unknown);

    /// <summary>The newest leaf below a turn.</summary>
    public ConversationTurn LeafBelow(ConversationTurn turn)
    {
        while (_children[turn.Id].MaxBy(static t => t.CreatedAt) is { } child)
        {
            turn = child;
        }

        return turn;
    }

    /// <summary>The turns from the first one to a leaf.</summary>
    public List<ConversationTurn> To(ConversationTurn? leaf)
    {
        var turns = tree.ToDictionary(static t => t.Id, StringComparer.Ordinal);
        var path = new List<ConversationTurn>();
        for (var turn = leaf; turn is not null; turn = turn.ParentId is { } parent ? turns.GetValueOrDefault(parent) : null)
        {
            path.Add(turn);
        }

        path.Reverse();
        return path;
    }

    /// <summary>The ids of the turns with the same parent, the oldest first.</summary>
    public IReadOnlyList<string> Siblings(ConversationTurn turn) => [.. _children[turn.ParentId].OrderBy(static t => t.CreatedAt).Select(static t => t.Id)];

    /// <summary>The turns that follow a turn, itself included.</summary>
    public IEnumerable<ConversationTurn> Below(ConversationTurn turn) => _children[turn.Id].SelectMany(Below).Prepend(turn);

    /// <summary>Whether the service lost what it had stored: then the notice says so. Where it stores nothing, as after images, each message resends the conversation by design.</summary>
    public static bool IsLost(ConversationTurn turn, ConversationTurn? parent) => turn.IsRebuilt && parent is { IsStored: true, Kind: ConversationTurnKind.Answer } && parent.Model == turn.Model;

    /// <summary>The totals of all turns, including other branches. Compactions cost, but are no turns of the conversation.</summary>
    public Totals Totals => new(
        tree.Count(static t => t.Kind == ConversationTurnKind.Answer),
        tree.Sum(static t => t.InputTokens),
        tree.Sum(static t => t.OutputTokens),
        tree.Sum(static t => t.CachedInputTokens),
        tree.Sum(static t => t.CostInUsd),
        tree.All(static t => t.CacheSavingsInUsdTicks is not null || t.CachedInputTokens == 0) ? ToUsd(tree.Sum(static t => t.CacheSavingsInUsdTicks ?? 0)) : null);

    /// <summary>Ticks of 1e-10 USD as US dollars.</summary>
    public static decimal ToUsd(long ticks) => ticks / 10_000_000_000m;
}
