using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations;

/// <summary>The conversation has cost what it may, or its cost is unknown; nothing was sent.</summary>
public sealed class ConversationBudgetException : GrokException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cost">What it has cost, in US dollars.</param>
    /// <param name="budget">What it may cost.</param>
    public ConversationBudgetException(string conversationId, decimal cost, decimal budget)
        : this(FormattableString.Invariant($"The conversation '{PrintableText.Escape(conversationId)}' has cost ${cost} and may cost ${budget}: nothing was sent."), (cost, budget))
    {
    }

    private ConversationBudgetException(string message, (decimal Cost, decimal Budget) amounts)
        : base(GrokErrorKind.ConversationBudget, message) => (Cost, Budget) = amounts;

    /// <summary>What it has cost, in US dollars; 0 where the answers carried no cost.</summary>
    public decimal Cost { get; }

    /// <summary>What it may cost, in US dollars.</summary>
    public decimal Budget { get; }

    /// <summary>Creates the exception for a conversation whose answers carried no cost.</summary>
    internal static ConversationBudgetException WithoutPrice(string conversationId, decimal budget) => new(
        FormattableString.Invariant($"The conversation '{PrintableText.Escape(conversationId)}' may cost ${budget}, but its answers carry no cost: nothing was sent. ")
        + $"Set {nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Prices)}, or {nameof(ConversationOptions)}.{nameof(ConversationOptions.BudgetNeedsPrice)} to false.",
        (0, budget));
}
