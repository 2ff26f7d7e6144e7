using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Support;

/// <summary>A store that records the names of its calls and runs a hook before each call, which may wait or fail.</summary>
internal class HookedStore(ConversationStore store, Func<string, Task>? before = null) : ConversationStore
{
    public List<string> Calls { get; } = [];

    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Call(() => store.FindAsync(id, cancellationToken));

    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default) =>
        Call(() => store.LookUpAsync(id, history, cancellationToken));

    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        Call(() => store.GetPathAsync(tenant, turnId, cancellationToken));

    public override ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default) =>
        Call(() => store.GetTurnAsync(tenant, turnId, cancellationToken));

    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Call(() => store.GetTreeAsync(id, cancellationToken));

    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        Call(() => store.AppendAsync(id, turn, expectedHead, expiresAt, cancellationToken));

    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default) =>
        Call(() => store.MoveAsync(id, head, expectedHead, expiresAt, cancellationToken));

    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default) =>
        Call(() => store.ReplaceAsync(tenant, turn, expected, cancellationToken));

    public override ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        Call(() => store.GetUsageAsync(id, cancellationToken));

    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default) =>
        Call(() => store.ListAsync(query, cancellationToken));

    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default) =>
        Call(() => store.DeleteAsync(id, expected, cancellationToken));

    public override ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        Call(() => store.PurgeAsync(before, cancellationToken));

    private async ValueTask<T> Call<T>(Func<ValueTask<T>> call, [CallerMemberName] string name = "")
    {
        await Before(name).ConfigureAwait(false);
        return await call().ConfigureAwait(false);
    }

    private Task Before(string name)
    {
        Calls.Add(name);
        return before?.Invoke(name) ?? Task.CompletedTask;
    }
}
