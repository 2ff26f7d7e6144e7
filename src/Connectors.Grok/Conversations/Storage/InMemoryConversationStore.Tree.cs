namespace Connectors.Grok.Conversations;

/// <summary>Names and turns as they are kept in memory.</summary>
public sealed partial class InMemoryConversationStore
{
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
