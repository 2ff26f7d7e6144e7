namespace Connectors.Grok.Conversations;

/// <summary>
/// When the turns of a conversation are compacted: the service writes an encrypted summary that takes their place in what the model sees. The
/// turns themselves stay in the conversation's tree. Compaction costs tokens, and the next turn pays the full price for its new beginning.
/// </summary>
/// <remarks>
/// A turn is compacted before the next one is sent, when the conversation continues at its head and no call waits for a result. It needs the
/// messages (<see cref="ConversationRetention.Everything"/>). When it fails, the conversation stays as it was, and the call continues without it.
/// </remarks>
/// <seealso href="https://docs.x.ai/developers/advanced-api-usage/context-compaction">xAI: context compaction</seealso>
public sealed class ConversationCompaction
{
    /// <summary>
    /// The part of the limit from which on the conversation is compacted. The limit is the lower of the model's context window and its
    /// long-context threshold, from which on every token of a request costs more.
    /// </summary>
    /// <value>Default 0.85. Greater than 0, at most 1. Null: the length does not matter.</value>
    public double? Share { get; set; } = 0.85;

    /// <summary>The limit, in tokens, for models whose window is unknown or is to be kept smaller.</summary>
    /// <value>Default null: that of the model; where that is unknown, the length does not matter. At least 1.</value>
    public long? Limit { get; set; }

    /// <summary>The number of turns since the beginning, or since the last compaction, after which the conversation is compacted however long it is.</summary>
    /// <value>Default null: the number does not matter. At least 1.</value>
    public int? Turns { get; set; }

    /// <summary>The model that writes the summary. A cheaper one than the conversation's is allowed; its window must hold the conversation.</summary>
    /// <value>Default null: the model of the call.</value>
    public string? Model { get; set; }

    /// <summary>What is wrong with the values; null when they are valid.</summary>
    internal string? Problem => Share is not (null or (> 0 and <= 1)) ? "must have a Share greater than 0 and at most 1, or null"
        : Limit is < 1 ? "must have a Limit of at least 1, or null"
        : Turns is < 1 ? "must have Turns of at least 1, or null"
        : null;

    internal ConversationCompaction Copy() => (ConversationCompaction)MemberwiseClone();
}
