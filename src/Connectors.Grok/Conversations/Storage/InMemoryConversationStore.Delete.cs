namespace Connectors.Grok.Conversations;

/// <content>Turns that are removed, and the purge of old names.</content>
public sealed partial class InMemoryConversationStore
{
    /// <summary>How many names, or turns, a purge deletes before other calls can run.</summary>
    private const int BatchSize = 500;

    private readonly SortedSet<AgeKey> _byAge = new(AgeKey.OldestFirst);

    /// <inheritdoc/>
    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var (count, isDone) = PurgeBatch(before);
        while (!isDone)
        {
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            cancellationToken.ThrowIfCancellationRequested();
            (var names, isDone) = PurgeBatch(before);
            count += names;
        }

        return count;
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turnId);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            if (Named(id) is not { } found || found.Head?.Turn.Id != expectedHead || Turn(id.Tenant, turnId) is not { } first || (head is not null && Turn(id.Tenant, head) is null))
            {
                return new((IReadOnlyList<ConversationTurn>?)null);
            }

            var (tenant, name) = Change(id);
            name.PointTo(head is null ? null : tenant.Turns[head]);
            var gone = name.Drop(name.OwnBelow(first));
            gone.ForEach(t => tenant.Forget(t.Id));
            return new(gone);
        }
    }

    private (int Names, bool IsDone) PurgeBatch(DateTimeOffset before)
    {
        var (names, turns) = (0, 0);
        lock (_tenants)
        {
            for (; names < BatchSize && turns < BatchSize; names++)
            {
                var oldest = _byAge.Min;
                if (_byAge.Count == 0 || oldest.UpdatedAt >= before)
                {
                    return (names, true);
                }

                turns += Delete(_tenants[oldest.Tenant].Names[oldest.Name]).Count;
            }

            return (names, false);
        }
    }
}
