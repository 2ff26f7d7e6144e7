namespace Connectors.Grok.Conversations;

/// <summary>Where a conversation stands, and what it took so far.</summary>
public sealed record ConversationState
{
    /// <summary>The application's id.</summary>
    public required string ConversationId { get; init; }

    /// <summary>The turn that the next one follows; null for none.</summary>
    public ConversationTurn? Head { get; init; }

    /// <summary>The title, as <see cref="ConversationManager.RenameAsync"/> set it; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>When it was begun.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a turn was last made, or gone back to.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>How many turns lie on the way to the head, it included. A function loop takes a turn per request.</summary>
    public int TurnCount => Head is null ? 0 : Head.Depth + 1;

    /// <summary>The number of turns in its tree: on branches that were left, shared ones, compactions and questions without an answer, too.</summary>
    public int TreeCount => OwnTurnCount + Shared.TurnCount;

    /// <summary>The number of turns that belong to it, on branches that were left too. A turn belongs to one conversation: sums over conversations count none twice.</summary>
    public int OwnTurnCount { get; init; }

    /// <summary>Tokens sent to the model in its own turns.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens written by the model in its own turns, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Those of the tokens sent in its own turns that the service read from its prompt cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>The share of the tokens sent in its own turns that the service read from its prompt cache, 0 to 1; null when none were sent.</summary>
    public double? CachedShare { get; init; }

    /// <summary>What the prompt cache saved in its own turns, at the list prices of the models, in US dollars; null when it is unknown for a turn with cached tokens.</summary>
    public decimal? CacheSavingsInUsd { get; init; }

    /// <summary>The price of its own turns, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price of its own turns, on branches that were left too, in US dollars.</summary>
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    /// <summary>The turns that it shares with another conversation, to which they belong: those before the point where it was forked.</summary>
    public ConversationTotals Shared { get; init; } = ConversationTotals.None;

    /// <summary>When the service's copy expires; until then the next turn can be sent by id. Null when it cannot: the whole conversation is sent then, or there is none yet.</summary>
    public DateTimeOffset? ExpiresAt => Head?.ExpiresAt;

    internal static ConversationState From(ConversationInfo info, string? title, ConversationTurn? head, ConversationUsage usage) => new()
    {
        ConversationId = info.Id.Name,
        Title = title,
        Head = head,
        CreatedAt = info.CreatedAt,
        UpdatedAt = info.UpdatedAt,
        OwnTurnCount = usage.Own.TurnCount,
        InputTokens = usage.Own.InputTokens,
        OutputTokens = usage.Own.OutputTokens,
        CachedInputTokens = usage.Own.CachedInputTokens,
        CachedShare = usage.Own.CachedShare,
        CacheSavingsInUsd = usage.Own.CacheSavingsInUsd,
        CostInUsdTicks = usage.Own.CostInUsdTicks,
        Shared = usage.Shared,
    };

    /// <summary>The ids, times and numbers. The title is left out, because it may repeat a message.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        $"{nameof(ConversationState)} {{ ConversationId = {ConversationId}, Head = {Head?.Id}, CreatedAt = {CreatedAt}, UpdatedAt = {UpdatedAt}, TurnCount = {TurnCount}, TreeCount = {TreeCount} }}";
}
