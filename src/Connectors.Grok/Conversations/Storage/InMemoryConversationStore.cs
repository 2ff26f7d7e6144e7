using System.Runtime.CompilerServices;

namespace Connectors.Grok.Conversations;

/// <summary>Conversations in the memory of this process: gone when it ends. The default store; safe for concurrent use.</summary>
/// <param name="timeProvider">Where <see cref="ConversationInfo.CreatedAt"/> and <see cref="ConversationInfo.UpdatedAt"/> come from; null for the system's clock.</param>
public sealed class InMemoryConversationStore(TimeProvider? timeProvider = null) : ConversationStore
{
    // Also the lock over all that it leads to: no call does more under it than walk a path, so nothing finer is worth its while.
    private readonly Dictionary<string, Tenant> _tenants = [];
    private readonly TimeProvider _time = timeProvider ?? TimeProvider.System;

    /// <inheritdoc/>
    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Named(id)?.ToInfo());
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(tenant);
        StoreArguments.Check(turnId);
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
        StoreArguments.Check(tenant);
        StoreArguments.Check(turnId);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Turn(tenant, turnId)?.Turn);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        var tree = new HashSet<Node>();
        lock (_tenants)
        {
            foreach (var leaf in Named(id)?.Own.Append(_tenants[id.Tenant].Names[id.Name].Head) ?? [])
            {
                for (var node = leaf; node is not null && tree.Add(node); node = node.Parent)
                {
                }
            }
        }

        return new([.. tree.Select(static n => n.Turn).OrderBy(static t => t.Depth).ThenBy(static t => t.CreatedAt)]);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(id);
        StoreArguments.Check(turn);
        StoreArguments.CheckOptional(expectedHead);
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
                throw new InvalidOperationException($"The turn {turn.Id} is stored already; a turn is added once.");
            }

            var name = tenant.Name(id, _time.GetUtcNow());
            name.Head = tenant.Turns[turn.Id] = new Node(turn, parent, name);
            return new(true);
        }
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(id);
        StoreArguments.CheckOptional(head);
        StoreArguments.CheckOptional(expectedHead);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            var node = head is null ? null : Turn(id.Tenant, head);
            if (Named(id)?.Head?.Turn.Id != expectedHead || (node is null && head is not null))
            {
                return new(false);
            }

            var tenant = _tenants.TryGetValue(id.Tenant, out var known) ? known : _tenants[id.Tenant] = new Tenant();
            tenant.Name(id, _time.GetUtcNow()).Head = node;
            return new(true);
        }
    }

    /// <inheritdoc/>
    public override IAsyncEnumerable<ConversationInfo> ListAsync(string tenant, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(tenant);
        return List(tenant, cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreArguments.Check(id);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(Named(id) is { } name ? Delete(name) : []);
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

    private async IAsyncEnumerable<ConversationInfo> List(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<ConversationInfo> all;
        lock (_tenants)
        {
            all = _tenants.TryGetValue(tenant, out var known) ? [.. known.Names.Values.Select(static n => n.ToInfo())] : [];
        }

        await Task.CompletedTask.ConfigureAwait(false);
        foreach (var info in all.OrderByDescending(static i => i.UpdatedAt))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return info;
        }
    }

    private Name? Named(ConversationId id) => _tenants.GetValueOrDefault(id.Tenant)?.Names.GetValueOrDefault(id.Name);

    private Node? Turn(string tenant, string turnId) => _tenants.GetValueOrDefault(tenant)?.Turns.GetValueOrDefault(turnId);

    private List<ConversationTurn> Delete(Name name)
    {
        var tenant = _tenants[name.Id.Tenant];
        tenant.Names.Remove(name.Id.Name);
        name.Head = null;
        var gone = name.Drop();
        gone.ForEach(t => tenant.Turns.Remove(t.Id));
        if (tenant.Names.Count == 0)
        {
            _tenants.Remove(name.Id.Tenant);
        }

        return gone;
    }

    private sealed class Tenant
    {
        public Dictionary<string, Name> Names { get; } = [];

        public Dictionary<string, Node> Turns { get; } = [];

        public Name Name(ConversationId id, DateTimeOffset now)
        {
            var name = Names.TryGetValue(id.Name, out var known) ? known : Names[id.Name] = new Name(id, now);
            name.UpdatedAt = now;
            return name;
        }
    }

    /// <summary>A name; it owns the turns made under it, and those it inherited from deleted names.</summary>
    private sealed class Name(ConversationId id, DateTimeOffset createdAt)
    {
        private Node? _head;

        public ConversationId Id { get; } = id;

        public DateTimeOffset UpdatedAt { get; set; }

        public HashSet<Node> Own { get; } = [];

        public Node? Head
        {
            get => _head;
            set
            {
                _head?.Heads.Remove(this);
                _head = value;
                _head?.Heads.Add(this);
            }
        }

        public ConversationInfo ToInfo() => new(Id, _head?.Turn.Id, createdAt, UpdatedAt);

        /// <summary>Lets go of every turn, with the name itself: those that nothing of another name stands on are gone, the others are inherited.</summary>
        public List<ConversationTurn> Drop()
        {
            var gone = new List<ConversationTurn>();
            var leaves = new Stack<Node>(Own.Where(static n => n.IsFree));
            while (leaves.TryPop(out var leaf))
            {
                gone.Add(leaf.Turn);
                leaf.Parent?.Children.Remove(leaf);
                if (leaf.Parent is { IsFree: true } parent && parent.Owner == this)
                {
                    leaves.Push(parent);
                }
            }

            var heirs = new Stack<Node>(Own.SelectMany(static n => n.Children).Where(n => n.Owner != this));
            foreach (var node in Own.Where(static n => n.Heads.Count > 0))
            {
                node.Inherit(node.Heads.First());
                heirs.Push(node);
            }

            while (heirs.TryPop(out var heir))
            {
                if (heir.Parent is { } parent && parent.Owner == this)
                {
                    parent.Inherit(heir.Owner);
                    heirs.Push(parent);
                }
            }

            gone.Sort(static (a, b) => a.Depth.CompareTo(b.Depth));
            return gone;
        }
    }

    private sealed class Node
    {
        public Node(ConversationTurn turn, Node? parent, Name owner)
        {
            (Turn, Parent, Owner) = (turn, parent, owner);
            parent?.Children.Add(this);
            owner.Own.Add(this);
        }

        public ConversationTurn Turn { get; }

        public Node? Parent { get; }

        public Name Owner { get; private set; }

        public HashSet<Node> Children { get; } = [];

        public HashSet<Name> Heads { get; } = [];

        public bool IsFree => Children.Count == 0 && Heads.Count == 0;

        public void Inherit(Name heir)
        {
            Owner = heir;
            heir.Own.Add(this);
        }
    }
}
