using Connectors.Grok.Foundation;

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
    public override ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(title);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            var name = Named(id);
            name?.Title = title;
            return new(name is not null);
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

        turn = Copy(turn);
        lock (_tenants)
        {
            if (Named(id)?.Head?.Turn.Id != expectedHead || (turn.ParentId is { } parent && Turn(id.Tenant, parent) is null))
            {
                return new(false);
            }

            CheckIsNew(id.Tenant, turn);
            var (tenant, name) = Change(id);
            var node = tenant.Add(turn, name);
            if (expectedHead is null)
            {
                name.BranchAt(node.Parent);
            }

            if (turn.Kind != ConversationTurnKind.Unanswered)
            {
                name.PointTo(node);
            }

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

            var (_, name) = Change(id);
            name.PointTo(node);
            if (expectedHead is null)
            {
                name.BranchAt(node);
            }

            return new(true);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turns, head);
        cancellationToken.ThrowIfCancellationRequested();
        List<ConversationTurn> copies = [.. turns.Select(Copy)];
        lock (_tenants)
        {
            if (Named(id) is not null)
            {
                return new(false);
            }

            copies.ForEach(turn => CheckIsNew(id.Tenant, turn));
            var (tenant, name) = Change(id);
            copies.ForEach(turn => tenant.Add(turn, name));
            name.PointTo(head is null ? null : tenant.Turns[head]);
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

            _tenants[tenant].Replace(node, Copy(turn) with { ParentId = node.Turn.ParentId, Depth = node.Turn.Depth });
            return new(true);
        }
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

    /// <summary>A copy that shares nothing with the caller, who may use his buffers again.</summary>
    private static ConversationTurn Copy(ConversationTurn turn) => turn with { Content = turn.Content.ToArray(), StoredResponseIds = [.. turn.StoredResponseIds] };

    private void CheckIsNew(string tenant, ConversationTurn turn)
    {
        if (Turn(tenant, turn.Id) is not null)
        {
            throw new InvalidOperationException($"The turn '{PrintableText.Escape(turn.Id)}' is already stored. Give each turn a new id.");
        }
    }

    private Name? Named(ConversationId id) => _tenants.GetValueOrDefault(id.Tenant)?.Names.GetValueOrDefault(id.Name);

    private Node? Turn(string tenant, string turnId) => _tenants.GetValueOrDefault(tenant)?.Turns.GetValueOrDefault(turnId);

    /// <summary>Finds or creates a name that is being changed now.</summary>
    private (Tenant Tenant, Name Name) Change(ConversationId id)
    {
        var now = _time.GetUtcNow();
        var tenant = _tenants.TryGetValue(id.Tenant, out var known) ? known : _tenants[id.Tenant] = new Tenant();
        if (tenant.Names.TryGetValue(id.Name, out var name))
        {
            Unlist(tenant, name);
        }
        else
        {
            tenant.Names[id.Name] = name = new Name(id, now);
        }

        name.UpdatedAt = now;
        tenant.ByChange.Add(name.ListKey);
        _byAge.Add(name.AgeKey);
        return (tenant, name);
    }

    private List<ConversationTurn> Delete(Name name)
    {
        var tenant = _tenants[name.Id.Tenant];
        tenant.Names.Remove(name.Id.Name);
        Unlist(tenant, name);
        var gone = name.Drop();
        gone.ForEach(t => tenant.Forget(t.Id));
        if (tenant.Names.Count == 0)
        {
            _tenants.Remove(name.Id.Tenant);
        }

        return gone;
    }

    private void Unlist(Tenant tenant, Name name)
    {
        tenant.ByChange.Remove(name.ListKey);
        _byAge.Remove(name.AgeKey);
    }
}
