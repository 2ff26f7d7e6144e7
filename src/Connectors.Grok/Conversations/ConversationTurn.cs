namespace Connectors.Grok.Conversations;

/// <summary>One request and its answer: a node in a conversation's tree. Immutable.</summary>
public sealed record ConversationTurn
{
    /// <summary>The turn's id: unique among all turns of the tenant, created with the turn.</summary>
    public required string Id { get; init; }

    /// <summary>The id of the turn that it continues; null for the first turn.</summary>
    public string? ParentId { get; init; }

    /// <summary>The number of turns before it on its path.</summary>
    public required int Depth { get; init; }

    /// <summary>The id of the response that ended the turn; null when there is none.</summary>
    public string? ResponseId { get; init; }

    /// <summary>All stored responses of the turn, the last one included: a turn with function calls has several.</summary>
    public IReadOnlyList<string> StoredResponseIds { get; init; } = [];

    /// <summary>Whether the service stored the last response, so that its id can be continued.</summary>
    public required bool IsStored { get; init; }

    /// <summary>Whether the whole history was sent for this turn, because the service did not have it.</summary>
    public bool IsRebuilt { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>When the turn was created. Stores keep the time to the tick, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the service's copy of the response expires; null when it is not stored.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A hash of the instructions in force; null for none.</summary>
    public string? InstructionsHash { get; init; }

    /// <summary>Input tokens of this turn.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens of this turn.</summary>
    public long OutputTokens { get; init; }

    /// <summary>The price of this turn, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price of this turn, in US dollars.</summary>
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    /// <summary>The price of this turn and all before it, in ticks of 1e-10 USD.</summary>
    public long TotalCostInUsdTicks { get; init; }

    /// <summary>The price of this turn and all before it, in US dollars.</summary>
    public decimal TotalCostInUsd => Money.ToUsd(TotalCostInUsdTicks);

    /// <summary>The messages of the request and of the answer, as UTF-8 JSON, or as the bytes that the protector made of it. Stores keep it as bytes and do not look inside.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
