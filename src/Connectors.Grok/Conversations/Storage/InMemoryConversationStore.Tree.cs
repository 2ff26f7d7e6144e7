namespace Connectors.Grok.Conversations;

/// <summary>Names and turns as they are kept in memory.</summary>
public sealed partial class InMemoryConversationStore
{
    private sealed class Tenant
    {
        public Dictionary<string, Name> Names { get; } = [];

        public Dictionary<string, Node> Turns { get; } = [];

        /// <summary>The turns of the kind <see cref="ConversationTurnKind.Answer"/> by their fingerprints.</summary>
        private readonly Dictionary<string, HashSet<Node>> _byFingerprint = new(StringComparer.Ordinal);
        private long _order;

        public HashSet<Node> Find(string fingerprint) => _byFingerprint.TryGetValue(fingerprint, out var nodes) ? nodes : [];

        public Node Add(ConversationTurn turn, Node? parent, Name owner)
        {
            var node = Turns[turn.Id] = new Node(turn, parent, owner, _order++);
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
        private Node? _branchPoint;

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

        /// <summary>The turn of another name at which this one was forked; null for none.</summary>
        public Node? BranchPoint
        {
            get => _branchPoint;
            set
            {
                _branchPoint?.Branches.Remove(this);
                _branchPoint = value;
                _branchPoint?.Branches.Add(this);
            }
        }

        public bool IsAs(ConversationInfo expected) => _head?.Turn.Id == expected.Head && UpdatedAt == expected.UpdatedAt;

        public ConversationInfo ToInfo() => new(Id, _head?.Turn.Id, createdAt, UpdatedAt);

        /// <summary>Releases the name and its turns. Turns that another name still references are reassigned to it; the rest are deleted and returned.</summary>
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
            foreach (var node in Own.Where(static n => n.Heads.Count > 0 || n.Branches.Count > 0))
            {
                node.Inherit(node.Heads.Concat(node.Branches).First());
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
        public Node(ConversationTurn turn, Node? parent, Name owner, long order)
        {
            (Turn, Parent, Owner, Order) = (turn, parent, owner, order);
            parent?.Children.Add(this);
            owner.Own.Add(this);
        }

        public ConversationTurn Turn { get; set; }

        /// <summary>Its place in the order of creation.</summary>
        public long Order { get; }

        public Node? Parent { get; }

        public Name Owner { get; private set; }

        public HashSet<Node> Children { get; } = [];

        public HashSet<Name> Heads { get; } = [];

        /// <summary>The names that were forked here.</summary>
        public HashSet<Name> Branches { get; } = [];

        public bool IsFree => Children.Count == 0 && Heads.Count == 0 && Branches.Count == 0;

        public void Inherit(Name heir)
        {
            Owner = heir;
            heir.Own.Add(this);
        }
    }
}
