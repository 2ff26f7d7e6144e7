using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations;

/// <summary>The conversation has cost what it may; nothing was sent.</summary>
/// <param name="conversationId">The conversation.</param>
/// <param name="cost">What it has cost, in US dollars.</param>
/// <param name="budget">What it may cost.</param>
public sealed class ConversationBudgetException(string conversationId, decimal cost, decimal budget)
    : GrokException(GrokErrorKind.ConversationBudget, FormattableString.Invariant($"The conversation '{PrintableText.Escape(conversationId)}' has cost ${cost} and may cost ${budget}: nothing was sent."))
{
    /// <summary>What it has cost, in US dollars.</summary>
    public decimal Cost { get; } = cost;

    /// <summary>What it may cost, in US dollars.</summary>
    public decimal Budget { get; } = budget;
}
