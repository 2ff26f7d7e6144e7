namespace Connectors.Grok.Conversations;

/// <summary>The sum over several turns.</summary>
public sealed record ConversationTotals
{
    /// <summary>The totals of no turn.</summary>
    public static ConversationTotals None { get; } = new();

    /// <summary>The number of turns.</summary>
    public int TurnCount { get; init; }

    /// <summary>Tokens sent to the model.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens written by the model, reasoning included.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Those of the tokens sent that the service read from its prompt cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>The share of the tokens sent that the service read from its prompt cache, 0 to 1; null when none were sent.</summary>
    public double? CachedShare => InputTokens > 0 ? Math.Clamp((double)CachedInputTokens / InputTokens, 0, 1) : null;

    /// <summary>What the prompt cache saved, in ticks of 1e-10 USD; null when it is unknown for a turn with cached tokens.</summary>
    /// <value>Default 0.</value>
    public long? CacheSavingsInUsdTicks { get; init; } = 0;

    /// <summary>What the prompt cache saved, at the list prices of the models, in US dollars; null when it is unknown for a turn with cached tokens.</summary>
    public decimal? CacheSavingsInUsd => CacheSavingsInUsdTicks is { } ticks ? Money.ToUsd(ticks) : null;

    /// <summary>The price, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price, in US dollars.</summary>
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    internal ConversationTotals Plus(ConversationTurn turn) => new()
    {
        TurnCount = TurnCount + 1,
        InputTokens = InputTokens + turn.InputTokens,
        OutputTokens = OutputTokens + turn.OutputTokens,
        CachedInputTokens = CachedInputTokens + turn.CachedInputTokens,
        CacheSavingsInUsdTicks = CacheSavingsInUsdTicks + (turn.CacheSavingsInUsdTicks ?? (turn.CachedInputTokens > 0 ? null : 0)),
        CostInUsdTicks = CostInUsdTicks + turn.CostInUsdTicks,
    };
}

/// <summary>The totals of all turns in a conversation's tree, branches that it left included.</summary>
public sealed record ConversationUsage
{
    /// <summary>The totals of no conversation.</summary>
    public static ConversationUsage None { get; } = new();

    /// <summary>The turns that belong to the conversation: those made under its name, and those it inherited from deleted conversations. A turn belongs to one conversation.</summary>
    public ConversationTotals Own { get; init; } = ConversationTotals.None;

    /// <summary>The turns that it shares and that belong to another conversation: the one it was forked from.</summary>
    public ConversationTotals Shared { get; init; } = ConversationTotals.None;
}
