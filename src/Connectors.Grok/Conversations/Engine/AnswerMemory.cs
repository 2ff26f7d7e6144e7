namespace Connectors.Grok.Conversations.Engine;

/// <summary>The last answers by the fingerprint of the history up to them, per tenant. Holds a limited number; the least recently used is dropped first.</summary>
internal sealed class AnswerMemory(int capacity)
{
    private readonly Dictionary<string, LinkedListNode<(string Fingerprint, KnownAnswer Answer)>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Fingerprint, KnownAnswer Answer)> _byUse = new();

    public bool IsEmpty
    {
        get
        {
            lock (_nodes)
            {
                return _nodes.Count == 0;
            }
        }
    }

    public KnownAnswer? Find(string fingerprint)
    {
        lock (_nodes)
        {
            if (!_nodes.TryGetValue(fingerprint, out var node))
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Answer;
        }
    }

    public void Add(string fingerprint, KnownAnswer answer)
    {
        if (capacity == 0)
        {
            return;
        }

        lock (_nodes)
        {
            if (_nodes.Remove(fingerprint, out var old))
            {
                _byUse.Remove(old);
            }
            else if (_nodes.Count == capacity)
            {
                _nodes.Remove(_byUse.Last!.Value.Fingerprint);
                _byUse.RemoveLast();
            }

            _nodes[fingerprint] = _byUse.AddFirst((fingerprint, answer));
        }
    }
}

/// <summary>An answer that can be continued.</summary>
/// <param name="ResponseId">The id of its response.</param>
/// <param name="Model">The model that answered; null when it is unknown.</param>
/// <param name="ExpiresAt">When the service's copy expires.</param>
internal sealed record KnownAnswer(string ResponseId, string? Model, DateTimeOffset ExpiresAt);
