using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>The messages of a turn.</summary>
/// <param name="Input">The new messages of the request.</param>
/// <param name="Output">The messages of the answer.</param>
public sealed record ConversationTurnMessages(IReadOnlyList<ChatMessage> Input, IReadOnlyList<ChatMessage> Output);
