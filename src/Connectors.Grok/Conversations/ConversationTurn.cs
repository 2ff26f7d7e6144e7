using System.Text.Json.Serialization;

namespace Connectors.Grok.Conversations;

/// <summary>One request and its answer: a node in a conversation's tree. Immutable.</summary>
/// <remarks>
/// A store saves a turn as one document, the JSON of <see cref="ConversationTurnJson"/>, beside the bytes of <see cref="Content"/>. Members
/// that statements search, order or sum by may be columns as well. A new member therefore needs no change in a store.
/// </remarks>
public sealed record ConversationTurn
{
    /// <summary>The turn's id: unique among all turns of the tenant, created with the turn.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the turn that it continues; null for the first turn, and for a turn for which the model saw exactly the messages of the call (<see cref="RebuildReason.OwnHistory"/>).</summary>
    public string? ParentId { get; init; }

    /// <summary>The number of turns before it on its path.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required int Depth { get; init; }

    /// <summary>What kind of turn it is.</summary>
    /// <value>Default <see cref="ConversationTurnKind.Answer"/>.</value>
    public ConversationTurnKind Kind { get; init; }

    /// <summary>Why the answer of a turn of the kind <see cref="ConversationTurnKind.Unanswered"/> failed; null when the caller cancelled the call or abandoned its stream, and for turns of other kinds.</summary>
    public GrokErrorKind? Failure { get; init; }

    /// <summary>
    /// A hash of all messages from the beginning to the end of this turn, without the instructions, by which the turn is found again in a
    /// history that a caller passes. With <see cref="ConversationOptions.Protector"/> it is keyed. Null when it is unknown, as in turns of
    /// version 1 of the storage format, which have an older hash in their content.
    /// </summary>
    public string? Fingerprint { get; init; }

    /// <summary>
    /// A hash of the last user message and the answer, or of the id of a function call, by which a history that was shortened is recognized.
    /// Keyed as <see cref="Fingerprint"/> is; null for an answer without both.
    /// </summary>
    public string? AnswerFingerprint { get; init; }

    /// <summary>The id of the response that ended the turn; null when there is none.</summary>
    public string? ResponseId { get; init; }

    /// <summary>All stored responses of the turn, the last one included: a turn with function calls has several.</summary>
    public IReadOnlyList<string> StoredResponseIds { get; init; } = [];

    /// <summary>Whether the service stored the last response, so that its id can be continued.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required bool IsStored { get; init; }

    /// <summary>Whether the call had a <see cref="RebuildReason"/>: everything was sent for this turn, and no response id.</summary>
    public bool IsRebuilt { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>When the turn was created. Stores keep the time to the tick, in UTC.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the service's copy of the response expires; null when it is not stored.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A hash of the <c>ChatOptions.Instructions</c> in force; null for none. Keyed as <see cref="Fingerprint"/> is.</summary>
    public string? InstructionsHash { get; init; }

    /// <summary>A hash of the leading system messages in force; null for none, and in turns of version 1 of the storage format. Keyed as <see cref="Fingerprint"/> is.</summary>
    public string? SystemMessagesHash { get; init; }

    /// <summary>Whether the protector encrypted the content with this tenant and turn as associated data. False without a protector, and for content of version 1 of the storage format.</summary>
    public bool IsBound { get; init; }

    /// <summary>Input tokens of this turn.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens of this turn.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Those of the input tokens that the service read from its cache.</summary>
    public long CachedInputTokens { get; init; }

    /// <summary>What the service's prompt cache saved in this turn, at the list prices of the model, in ticks of 1e-10 USD; null when the price is unknown, and in turns of earlier versions.</summary>
    public long? CacheSavingsInUsdTicks { get; init; }

    /// <summary>How many tokens the conversation has after this turn, as far as the service said: what the next request sends before its own messages. 0 when it is unknown.</summary>
    public long ContextTokens { get; init; }

    /// <summary>The price of this turn, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price of this turn, in US dollars.</summary>
    [JsonIgnore]
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    /// <summary>The price of this turn and all before it, those of branches that it left included, in ticks of 1e-10 USD.</summary>
    public long TotalCostInUsdTicks { get; init; }

    /// <summary>The price of this turn and all before it, those of branches that it left included, in US dollars.</summary>
    [JsonIgnore]
    public decimal TotalCostInUsd => Money.ToUsd(TotalCostInUsdTicks);

    /// <summary>The messages of the request and of the answer, as UTF-8 JSON, or as the bytes that the protector made of it. Stores keep it as bytes and do not look inside.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Content { get; init; }
}

/// <summary>The kind of a turn.</summary>
public enum ConversationTurnKind
{
    /// <summary>A request with its whole answer.</summary>
    Answer,

    /// <summary>
    /// A question that was stopped or failed, with the text and reasoning of the answer that came (<see cref="ConversationOptions.KeepUnanswered"/>). It never is a head, and stores do not match
    /// one. <see cref="GrokConversationExtensions.WithParentTurn"/> continues from it.
    /// </summary>
    Unanswered,

    /// <summary>A summary, encrypted by the service, that takes the place of the turns before it in what the model sees. It has no question and no answer; stores do not match it.</summary>
    Compaction,
}
