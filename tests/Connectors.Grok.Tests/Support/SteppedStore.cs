using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Support;

/// <summary>A store of which each call is a step.</summary>
internal sealed class SteppedStore(IConversationStore store, Steps steps, bool failsToAppend = false) : IConversationStore
{
    public ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Next(() => store.FindAsync(id, cancellationToken));

    public ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        Next(() => store.GetPathAsync(tenant, turnId, cancellationToken));

    public ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        Next(() => store.GetTurnAsync(tenant, turnId, cancellationToken));

    public ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Next(() => store.GetTreeAsync(id, cancellationToken));

    public ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, CancellationToken cancellationToken = default) =>
        Next(() => failsToAppend ? throw new ConversationStoreException("The disk is full.") : store.AppendAsync(id, turn, expectedHead, cancellationToken));

    public ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, CancellationToken cancellationToken = default) =>
        Next(() => store.MoveAsync(id, head, expectedHead, cancellationToken));

    public async IAsyncEnumerable<ConversationInfo> ListAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await steps.NextAsync().ConfigureAwait(false);
        await foreach (var info in store.ListAsync(tenant, cancellationToken).ConfigureAwait(false))
        {
            yield return info;
        }
    }

    public ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Next(() => store.DeleteAsync(id, cancellationToken));

    public ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        Next(() => store.PurgeAsync(before, cancellationToken));

    private async ValueTask<T> Next<T>(Func<ValueTask<T>> call)
    {
        await steps.NextAsync().ConfigureAwait(false);
        return await call().ConfigureAwait(false);
    }
}
