namespace Connectors.Grok.Conversations;

/// <summary>One turn of a conversation: what was said, what was answered, and how to go on from it. Never changes.</summary>
public sealed record ConversationTurn
{
    /// <summary>The turn's id: unique among all turns of the tenant, made when the turn is.</summary>
    public required string Id { get; init; }

    /// <summary>The turn before it; null for the first one.</summary>
    public string? ParentId { get; init; }

    /// <summary>How many turns lie before it.</summary>
    public required int Depth { get; init; }

    /// <summary>The id of the response that ended the turn; null when there is none to go on from.</summary>
    public string? ResponseId { get; init; }

    /// <summary>All stored responses of the turn, the last one included: a turn with function calls has several.</summary>
    public IReadOnlyList<string> StoredResponseIds { get; init; } = [];

    /// <summary>Whether the service stored the last response, so that its id can be continued.</summary>
    public required bool IsStored { get; init; }

    /// <summary>Whether the whole history was sent for this turn, because the service did not have it (any more).</summary>
    public bool IsRebuilt { get; init; }

    /// <summary>The model that answered.</summary>
    public string? Model { get; init; }

    /// <summary>When the turn was made. Stores keep the moment to the tick, in UTC.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when the service keeps the response; null when it does not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A hash of the instructions that ruled the turn; null for none.</summary>
    public string? InstructionsHash { get; init; }

    /// <summary>Tokens in, of this turn.</summary>
    public long InputTokens { get; init; }

    /// <summary>Tokens out, of this turn.</summary>
    public long OutputTokens { get; init; }

    /// <summary>The price of this turn, in ticks of 1e-10 USD.</summary>
    public long CostInUsdTicks { get; init; }

    /// <summary>The price of this turn, in US dollars.</summary>
    public decimal CostInUsd => Money.ToUsd(CostInUsdTicks);

    /// <summary>The price of this turn and all before it, in ticks of 1e-10 USD.</summary>
    public long TotalCostInUsdTicks { get; init; }

    /// <summary>The price of this turn and all before it, in US dollars.</summary>
    public decimal TotalCostInUsd => Money.ToUsd(TotalCostInUsdTicks);

    /// <summary>The new messages and the answer's, as UTF-8 JSON, or as whatever the protector made of that. Stores keep it as bytes and do not look inside.</summary>
    public required ReadOnlyMemory<byte> Content { get; init; }
}
