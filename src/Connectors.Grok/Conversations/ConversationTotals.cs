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

    /// <summary>The price, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price, in US dollars.</summary>
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    internal ConversationTotals Plus(ConversationTurn turn) => new()
    {
        TurnCount = TurnCount + 1,
        InputTokens = InputTokens + turn.InputTokens,
        OutputTokens = OutputTokens + turn.OutputTokens,
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
