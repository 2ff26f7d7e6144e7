using Connectors.Grok.Conversations.History;
using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The turn from which a call on a conversation continues.</summary>
/// <param name="Turn">The turn.</param>
/// <param name="Header">What its content says beside the messages.</param>
/// <param name="Covered">How many of the caller's messages this turn and those before it hold.</param>
internal sealed record ResumePoint(ConversationTurn Turn, TurnHeader Header, int Covered)
{
    /// <summary>The hash of the <c>ChatOptions.Instructions</c> in force, without a key. Turns of storage version 1 have it beside their content only, and never keyed.</summary>
    public string? InstructionsHash => Header.InstructionsHash ?? (FingerprintKey.IsKeyed(Turn.InstructionsHash) ? null : Turn.InstructionsHash);

    /// <summary>Whether the store's columns do not tell this turn: it is of storage version 1, or under another key.</summary>
    public bool IsOlder(FingerprintKey key) => Turn.Fingerprint is null || (Header.State is { } state && key.Apply(state.Text) != Turn.Fingerprint);

    /// <summary>The number of turns since the beginning, or since the last compaction.</summary>
    public int TurnsSince => Header.TurnsSince ?? Turn.Depth + 1;

    public ContinuedAnswer Answer => new(Turn.IsStored ? Turn.ResponseId : null, Turn.ExpiresAt, Turn.Model, Header.Model, Header.OpenCalls) { IsCompaction = Header.IsCompaction, IsUnanswered = Turn.Kind == ConversationTurnKind.Unanswered };
}

/// <summary>An answer that a call may continue by its id.</summary>
/// <param name="ResponseId">The id; null when the service did not store the answer.</param>
/// <param name="ExpiresAt">When the service's copy expires; null when that is unknown.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="RequestedModel">The model that was requested, under the name by which it was requested.</param>
/// <param name="OpenCalls">The ids of its calls that nobody has answered.</param>
internal sealed record ContinuedAnswer(string? ResponseId, DateTimeOffset? ExpiresAt, string? Model, string? RequestedModel, IReadOnlyList<string> OpenCalls)
{
    /// <summary>Whether it is no answer, but a summary that begins a new chain of responses.</summary>
    public bool IsCompaction { get; init; }

    /// <summary>Whether it is no answer, but a question without a complete one.</summary>
    public bool IsUnanswered { get; init; }

    /// <summary>Whether the messages answer every one of its open calls: the service rejects a request that leaves one without a result.</summary>
    public bool IsAnsweredBy(IEnumerable<ChatMessage> messages) => OpenCalls.Count == 0 || OpenCalls.All(AnsweredCallIds(messages).Contains);

    /// <summary>Whether the messages answer one of its open calls.</summary>
    public bool IsPartlyAnsweredBy(IEnumerable<ChatMessage> messages) => OpenCalls.Count > 0 && OpenCalls.Any(AnsweredCallIds(messages).Contains);

    private static HashSet<string> AnsweredCallIds(IEnumerable<ChatMessage> messages) =>
        messages.SelectMany(static m => m.Contents).Select(static c => c is FunctionResultContent result ? result.CallId : Approvals.DecidedOn(c))
            .OfType<string>().ToHashSet(StringComparer.Ordinal);
}
