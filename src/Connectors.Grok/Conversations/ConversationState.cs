namespace Connectors.Grok.Conversations;

/// <summary>Where a conversation stands, and what it took so far.</summary>
public sealed record ConversationState
{
    /// <summary>The application's id.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The turn that the next one follows; null for none.</summary>
    public ConversationTurn? Head { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a turn was last made, or gone back to.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How many turns lie on the way to the head, it included. A function loop takes a turn per request.</summary>
    public int TurnCount => Head is null ? 0 : Head.Depth + 1;

    /// <summary>How many turns it has in all, on branches that were left too.</summary>
    public int TreeCount { get; init; }

    /// <summary>Tokens in, of all turns.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens out, of all turns.</summary>
    public long OutputTokens { get; init; }

    /// <summary>The price of all turns, on branches that were left too, in US dollars.</summary>
    public decimal CostInUsd { get; init; }

    /// <summary>Until when the next turn can go on by id alone. Null when it cannot: the whole conversation is sent then, or there is none yet.</summary>
    public DateTimeOffset? ExpiresAt => Head?.ExpiresAt;

    internal static ConversationState Of(ConversationInfo info, IReadOnlyList<ConversationTurn> tree) => new()
    {
        ConversationId = info.Id.Name,
        Head = tree.FirstOrDefault(t => t.Id == info.Head),
        CreatedAt = info.CreatedAt,
        UpdatedAt = info.UpdatedAt,
        TreeCount = tree.Count,
        InputTokens = tree.Sum(static t => t.InputTokens),
        OutputTokens = tree.Sum(static t => t.OutputTokens),
        CostInUsd = tree.Sum(static t => t.CostInUsdTicks) / 10_000_000_000m,
    };
}
