using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A store in memory that gives wrong answers of one kind while it is told to.</summary>
internal sealed class FaultyStore(WrongAnswer kind) : ConversationStore
{
    private readonly InMemoryConversationStore _store = new();
    private volatile bool _isFaulty;

    /// <summary>Whether the answers are wrong.</summary>
    public bool IsFaulty
    {
        get => _isFaulty;
        set => _isFaulty = value;
    }

    public override async ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.NoConversation) ? null : await _store.FindAsync(id, cancellationToken);

    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.OtherException) ? throw new InvalidOperationException("The medium failed.") : _store.LookUpAsync(id, history, cancellationToken);

    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        var path = await _store.GetPathAsync(tenant, turnId, cancellationToken);
        return Is(WrongAnswer.NoPath) ? [] : Is(WrongAnswer.Gap) && path.Count > 2 ? [path[0], .. path.Skip(2)] : path;
    }

    public override async ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        await _store.GetTurnAsync(tenant, turnId, cancellationToken) is { } turn ? Is(WrongAnswer.OtherBytes) ? turn with { Content = new byte[10] } : turn : null;

    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.NoTree) ? [] : await _store.GetTreeAsync(id, cancellationToken);

    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.NotStored) ? new(true) : Is(WrongAnswer.Refusal) ? throw new ConversationStoreException("The medium failed. Try again.") : _store.AppendAsync(id, turn, expectedHead, expiresAt, cancellationToken);

    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        _store.MoveAsync(id, head, expectedHead, expiresAt, cancellationToken);

    public override async ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.NoUsage) ? ConversationUsage.None : await _store.GetUsageAsync(id, cancellationToken);

    public override async ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default) =>
        Is(WrongAnswer.EmptyList) ? [] : await _store.ListAsync(query, cancellationToken);

    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default) =>
        _store.ReplaceAsync(tenant, turn, expected, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default) =>
        _store.DeleteAsync(id, expected, cancellationToken);

    public override ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => _store.PurgeAsync(before, cancellationToken);

    private bool Is(WrongAnswer wrong) => _isFaulty && kind == wrong;
}
