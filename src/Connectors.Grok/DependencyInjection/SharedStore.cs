using Connectors.Grok.Conversations;

namespace Connectors.Grok.DependencyInjection;

/// <summary>
/// The application's store under the key of conversations that have no store of their own. It cannot be disposed: the container disposes what
/// each registration returns, and would dispose the application's store once for each key.
/// </summary>
internal sealed class SharedStore(ConversationStore store) : ConversationStore
{
    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default) => store.FindAsync(id, cancellationToken);

    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default) =>
        store.LookUpAsync(id, history, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        store.GetPathAsync(tenant, turnId, cancellationToken);

    public override ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        store.GetTurnAsync(tenant, turnId, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        store.GetTreeAsync(id, cancellationToken);

    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        store.AppendAsync(id, turn, expectedHead, expiresAt, cancellationToken);

    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        store.MoveAsync(id, head, expectedHead, expiresAt, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>> GetOutlineAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        store.GetOutlineAsync(id, cancellationToken);

    public override ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default) =>
        store.SetTitleAsync(id, title, cancellationToken);

    public override ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        store.ImportAsync(id, turns, head, expiresAt, cancellationToken);

    public override ValueTask InitializeAsync(CancellationToken cancellationToken = default) => store.InitializeAsync(cancellationToken);

    public override ValueTask CheckAsync(CancellationToken cancellationToken = default) => store.CheckAsync(cancellationToken);

    public override ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default) => store.GetUsageAsync(id, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default) =>
        store.ListAsync(query, cancellationToken);

    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default) =>
        store.ReplaceAsync(tenant, turn, expected, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default) =>
        store.DeleteAsync(id, expected, cancellationToken);

    public override ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default) =>
        store.RemoveAsync(id, turnId, head, expectedHead, cancellationToken);

    public override ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => store.PurgeAsync(before, cancellationToken);
}
