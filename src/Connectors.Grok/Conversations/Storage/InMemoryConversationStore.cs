namespace Connectors.Grok.Conversations;

/// <summary>Conversations in the memory of this process: gone when it ends. The default store; safe for concurrent use.</summary>
/// <param name="timeProvider">Where <see cref="ConversationInfo.CreatedAt"/> and <see cref="ConversationInfo.UpdatedAt"/> come from; null for the system's clock.</param>
public sealed partial class InMemoryConversationStore(TimeProvider? timeProvider = null) : ConversationStore
{
    // Also the lock over all that it leads to: no call does more under it than walk a path, so nothing finer is worth its while.
    private readonly Dictionary<string, Tenant> _tenants = [];
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Named(id)?.ToInfo());
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        cancellationToken.ThrowIfCancellationRequested();
        var path = new List<ConversationTurn>();
        lock (_tenants)
        {
            for (var node = Turn(tenant, turnId); node is not null; node = node.Parent)
            {
                path.Add(node.Turn);
            }
        }

        path.Reverse();
        return new(path);
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Turn(tenant, turnId)?.Turn);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new([.. Tree(Named(id)).Select(static n => n.Turn).OrderBy(static t => t.Depth).ThenBy(static t => t.CreatedAt)]);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        var (own, shared) = (ConversationTotals.None, ConversationTotals.None);
        lock (_tenants)
        {
            var name = Named(id);
            foreach (var node in Tree(name))
            {
                (own, shared) = node.Owner == name ? (own.Plus(node.Turn), shared) : (own, shared.Plus(node.Turn));
            }
        }

        return new(new ConversationUsage { Own = own, Shared = shared });
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turn);
        StoreGuards.CheckOptional(expectedHead);
        cancellationToken.ThrowIfCancellationRequested();

        // The caller may use its buffers again; a turn never changes.
        turn = turn with { Content = turn.Content.ToArray(), StoredResponseIds = [.. turn.StoredResponseIds] };
        lock (_tenants)
        {
            var parent = turn.ParentId is { } parentId ? Turn(id.Tenant, parentId) : null;
            if (Named(id)?.Head?.Turn.Id != expectedHead || (parent is null && turn.ParentId is not null))
            {
                return new(false);
            }

            var tenant = _tenants.TryGetValue(id.Tenant, out var known) ? known : _tenants[id.Tenant] = new Tenant();
            if (tenant.Turns.ContainsKey(turn.Id))
            {
                throw new InvalidOperationException($"The turn '{turn.Id}' is already stored. Give each turn a new id.");
            }

            var name = tenant.Name(id, _time.GetUtcNow());
            if (expectedHead is null && name.BranchPoint is null && parent is not null && parent.Owner != name)
            {
                name.BranchPoint = parent;
            }

            name.Head = tenant.Add(turn, parent, name);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            var node = head is null ? null : Turn(id.Tenant, head);
            if (Named(id)?.Head?.Turn.Id != expectedHead || (node is null && head is not null))
            {
                return new(false);
            }

            var tenant = _tenants.TryGetValue(id.Tenant, out var known) ? known : _tenants[id.Tenant] = new Tenant();
            var name = tenant.Name(id, _time.GetUtcNow());
            name.Head = node;
            if (expectedHead is null && name.BranchPoint is null && node is not null && node.Owner != name)
            {
                name.BranchPoint = node;
            }

            return new(true);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turn);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            if (Turn(tenant, turn.Id) is not { } node || !node.Turn.Content.Span.SequenceEqual(expected.Span))
            {
                return new(false);
            }

            _tenants[tenant].Replace(node, turn with { ParentId = node.Turn.ParentId, Depth = node.Turn.Depth, Content = turn.Content.ToArray(), StoredResponseIds = [.. turn.StoredResponseIds] });
            return new(true);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        cancellationToken.ThrowIfCancellationRequested();
        List<ConversationInfo> all;
        lock (_tenants)
        {
            all = _tenants.TryGetValue(query.Tenant, out var known) ? [.. known.Names.Values.Select(static n => n.ToInfo())] : [];
        }

        return new([.. all.Where(i => !(i.UpdatedAt < query.ChangedSince)).Where(i => query.After is not { } after || Follows(i, after))
            .OrderByDescending(static i => i.UpdatedAt).ThenBy(static i => i.Id.Name, StringComparer.Ordinal).Take(query.PageSize)]);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Named(id) is { } name && (expected is null || name.IsAs(expected)) ? Delete(name) : []);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            var old = _tenants.Values.SelectMany(static t => t.Names.Values).Where(n => n.UpdatedAt < before).ToList();
            old.ForEach(n => Delete(n));
            return new(old.Count);
        }
    }

    private static bool Follows(ConversationInfo info, ConversationPosition position) =>
        info.UpdatedAt < position.UpdatedAt || (info.UpdatedAt == position.UpdatedAt && string.CompareOrdinal(info.Id.Name, position.Name) > 0);

    /// <summary>The turns that a name owns, its head, and all that they follow.</summary>
    private static HashSet<Node> Tree(Name? name)
    {
        var tree = new HashSet<Node>();
        foreach (var leaf in name?.Own.Append(name.Head).Append(name.BranchPoint) ?? [])
        {
            for (var node = leaf; node is not null && tree.Add(node); node = node.Parent)
            {
            }
        }

        return tree;
    }

    private Name? Named(ConversationId id) => _tenants.GetValueOrDefault(id.Tenant)?.Names.GetValueOrDefault(id.Name);

    private Node? Turn(string tenant, string turnId) => _tenants.GetValueOrDefault(tenant)?.Turns.GetValueOrDefault(turnId);

    private List<ConversationTurn> Delete(Name name)
    {
        var tenant = _tenants[name.Id.Tenant];
        tenant.Names.Remove(name.Id.Name);
        name.Head = null;
        name.BranchPoint = null;
        var gone = name.Drop();
        gone.ForEach(t => tenant.Forget(t.Id));
        if (tenant.Names.Count == 0)
        {
            _tenants.Remove(name.Id.Tenant);
        }

        return gone;
    }
}
