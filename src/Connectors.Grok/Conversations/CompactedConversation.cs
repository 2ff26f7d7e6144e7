namespace Connectors.Grok.Conversations;

/// <summary>What <see cref="ConversationManager.CompactAsync"/> did.</summary>
public sealed record CompactedConversation
{
    /// <summary>The turn of the kind <see cref="ConversationTurnKind.Compaction"/> that was added.</summary>
    public required string TurnId { get; init; }

    /// <summary>The number of turns for which it stands.</summary>
    public required int TurnCount { get; init; }

    /// <summary>The tokens that were compacted, as the service counted them.</summary>
    public required long TokensBefore { get; init; }

    /// <summary>The tokens of the summary, as the service counted them.</summary>
    public required long TokensAfter { get; init; }
}
