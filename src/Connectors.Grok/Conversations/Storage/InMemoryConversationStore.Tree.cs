namespace Connectors.Grok.Conversations;

/// <summary>Names and turns as they are kept in memory.</summary>
public sealed partial class InMemoryConversationStore
{
    private sealed class Tenant
    {
        public Dictionary<string, Name> Names { get; } = [];

        /// <summary>The names, the last changed first, so that a page costs no more than its length.</summary>
        public SortedSet<ListKey> ByChange { get; } = new(ListKey.LastChangedFirst);

        public Dictionary<string, Node> Turns { get; } = [];

        /// <summary>The turns of the kind <see cref="ConversationTurnKind.Answer"/> by their fingerprints.</summary>
        private readonly Dictionary<string, HashSet<Node>> _byFingerprint = new(StringComparer.Ordinal);
        private long _order;

        public HashSet<Node> Find(string fingerprint) => _byFingerprint.TryGetValue(fingerprint, out var nodes) ? nodes : [];

        public Node Add(ConversationTurn turn, Name owner)
        {
            var node = Turns[turn.Id] = new Node(turn, turn.ParentId is { } parent ? Turns[parent] : null, owner, _order++);
            Index(node);
            return node;
        }

        public void Replace(Node node, ConversationTurn turn)
        {
            Forget(node.Turn.Id);
            node.Turn = turn;
            Turns[turn.Id] = node;
            Index(node);
        }

        public void Forget(string turnId)
        {
            if (Turns.Remove(turnId, out var node))
            {
                foreach (var fingerprint in FingerprintsOf(node))
                {
                    if (_byFingerprint.TryGetValue(fingerprint, out var nodes) && nodes.Remove(node) && nodes.Count == 0)
                    {
                        _byFingerprint.Remove(fingerprint);
                    }
                }
            }
        }

        private void Index(Node node)
        {
            foreach (var fingerprint in FingerprintsOf(node))
            {
                if (!_byFingerprint.TryGetValue(fingerprint, out var nodes))
                {
                    _byFingerprint[fingerprint] = nodes = [];
                }

                nodes.Add(node);
            }
        }

        private static IEnumerable<string> FingerprintsOf(Node node) =>
            node.Turn.Kind == ConversationTurnKind.Answer ? new[] { node.Turn.Fingerprint, node.Turn.AnswerFingerprint }.OfType<string>() : [];
    }

    /// <summary>The place of a name in its tenant's list.</summary>
    private readonly record struct ListKey(DateTimeOffset UpdatedAt, string Name)
    {
        public static Comparer<ListKey> LastChangedFirst { get; } = Comparer<ListKey>.Create(static (a, b) =>
            b.UpdatedAt.CompareTo(a.UpdatedAt) is var order and not 0 ? order : string.CompareOrdinal(a.Name, b.Name));
    }

    /// <summary>The place of a name among those of all tenants.</summary>
    private readonly record struct AgeKey(DateTimeOffset UpdatedAt, string Tenant, string Name)
    {
        public static Comparer<AgeKey> OldestFirst { get; } = Comparer<AgeKey>.Create(static (a, b) =>
            a.UpdatedAt.CompareTo(b.UpdatedAt) is var age and not 0 ? age
            : string.CompareOrdinal(a.Tenant, b.Tenant) is var tenant and not 0 ? tenant
            : string.CompareOrdinal(a.Name, b.Name));
    }

    /// <summary>A name; it owns the turns made under it, and those it inherited from deleted names.</summary>
    private sealed class Name(ConversationId id, DateTimeOffset createdAt)
    {
        private readonly List<Node> _own = [];
        private LinkedListNode<Name>? _headPlace;
        private LinkedListNode<Name>? _branchPlace;

        public ConversationId Id { get; } = id;

        public DateTimeOffset UpdatedAt { get; set; }

        public string? Title { get; set; }

        public ListKey ListKey => new(UpdatedAt, Id.Name);

        public AgeKey AgeKey => new(UpdatedAt, Id.Tenant, Id.Name);

        public IReadOnlyList<Node> Own => _own;

        public Node? Head { get; private set; }

        /// <summary>The turn of another name at which this one was forked; null for none.</summary>
        public Node? BranchPoint { get; private set; }

        public void PointTo(Node? head)
        {
            Head?.Heads.Remove(_headPlace!);
            Head = head;
            _headPlace = head?.Heads.AddLast(this);
        }

        /// <summary>Remembers the turn at which the name leaves another one, the first time that it does.</summary>
        public void BranchAt(Node? turn)
        {
            if (BranchPoint is null && turn is not null && turn.Owner != this)
            {
                BranchPoint = turn;
                _branchPlace = turn.Branches.AddLast(this);
            }
        }

        public void Take(Node turn) => _own.Add(turn);

        private void LeaveBranchPoint()
        {
            BranchPoint?.Branches.Remove(_branchPlace!);
            BranchPoint = null;
        }

        public bool IsAs(ConversationInfo expected) => Head?.Turn.Id == expected.Head && UpdatedAt == expected.UpdatedAt;

        public ConversationInfo ToInfo() => new(Id, Head?.Turn.Id, createdAt, UpdatedAt) { Title = Title };

        /// <summary>
        /// Releases the name and its turns. Turns that another name still references are reassigned to it; the rest are deleted and returned.
        /// The cost depends on the number of the name's own turns only, however many forks share them.
        /// </summary>
        public List<ConversationTurn> Drop()
        {
            PointTo(null);
            LeaveBranchPoint();
            return Drop([.. _own]);
        }

        /// <summary>The turns that the name owns among a turn and those that follow it.</summary>
        public List<Node> OwnBelow(Node first)
        {
            List<Node> found = first.Owner == this ? [first] : [.. first.Children.Where(c => c.Owner == this)];
            for (var i = 0; i < found.Count; i++)
            {
                found.AddRange(found[i].Children.Where(c => c.Owner == this));
            }

            return found;
        }

        /// <summary>Releases some of the name's turns.</summary>
        public List<ConversationTurn> Drop(List<Node> own)
        {
            var gone = new List<ConversationTurn>();
            var released = own.ToHashSet();
            _own.RemoveAll(released.Contains);
            if (BranchPoint is { } branch && released.Contains(branch))
            {
                // It inherited the turn at which it was forked.
                LeaveBranchPoint();
            }

            // Children are newer than their parents: here each turn comes after all turns that continue it.
            own.Sort(static (a, b) => b.Order.CompareTo(a.Order));
            foreach (var node in own)
            {
                if (node.Heir is { } heir)
                {
                    node.Inherit(heir);
                }
                else
                {
                    gone.Add(node.Turn);
                    node.Leave();
                }
            }

            gone.Sort(static (a, b) => a.Depth.CompareTo(b.Depth));
            return gone;
        }
    }

    private sealed class Node
    {
        private readonly LinkedListNode<Node>? _place;

        public Node(ConversationTurn turn, Node? parent, Name owner, long order)
        {
            (Turn, Parent, Owner, Order) = (turn, parent, owner, order);
            _place = parent?.Children.AddLast(this);
            owner.Take(this);
        }

        public ConversationTurn Turn { get; set; }

        /// <summary>Its place in the order of creation.</summary>
        public long Order { get; }

        public Node? Parent { get; }

        public Name Owner { get; private set; }

        public LinkedList<Node> Children { get; } = [];

        /// <summary>The names that point here.</summary>
        public LinkedList<Name> Heads { get; } = [];

        /// <summary>The names that were forked here.</summary>
        public LinkedList<Name> Branches { get; } = [];

        /// <summary>A name that references the turn, itself or by a turn further down; null when there is none.</summary>
        public Name? Heir => Heads.First?.Value ?? Branches.First?.Value ?? Children.First?.Value.Owner;

        public void Inherit(Name heir)
        {
            Owner = heir;
            heir.Take(this);
        }

        public void Leave() => Parent?.Children.Remove(_place!);
    }
}
