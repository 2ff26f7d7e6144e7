using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>Another turn was added to the conversation in the meantime. The answer was billed and is not lost: it is here, and is kept as a fork.</summary>
/// <param name="conversationId">The conversation.</param>
/// <param name="forkId">The id under which the turn was kept. Continue there, or ask again on the conversation.</param>
/// <param name="response">The answer.</param>
public sealed class ConversationConflictException(string conversationId, string forkId, ChatResponse response)
    : GrokException(GrokErrorKind.ConversationConflict, $"Another turn was added to the conversation '{PrintableText.Escape(conversationId)}' in the meantime. This one was kept as '{PrintableText.Escape(forkId)}': continue there, or ask again.")
{
    /// <summary>The conversation.</summary>
    public string ConversationId { get; } = conversationId;

    /// <summary>The id under which the turn was kept.</summary>
    public string ForkId { get; } = forkId;

    /// <summary>The answer.</summary>
    public ChatResponse Response { get; } = response;
}
