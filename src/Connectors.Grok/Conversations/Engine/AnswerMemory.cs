namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// The last answers by the fingerprint of the history up to them, per tenant. Holds a limited number of histories; the least recently used is
/// dropped first. Equal histories of two users may have different answers behind them, which the fingerprint does not cover.
/// </summary>
internal sealed class AnswerMemory(int capacity)
{
    /// <summary>The most answers that are kept for one history.</summary>
    private const int MostAnswers = 8;

    private readonly Dictionary<string, LinkedListNode<(string Fingerprint, List<KnownAnswer> Answers)>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Fingerprint, List<KnownAnswer> Answers)> _byUse = new();

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

    /// <summary>The only answer to a history; null when there is none, or when there are several.</summary>
    public KnownAnswer? Find(string fingerprint)
    {
        lock (_nodes)
        {
            return Use(fingerprint) is [var answer] ? answer : null;
        }
    }

    /// <summary>The answer to a history with this response id; null when there is none.</summary>
    public KnownAnswer? Find(string fingerprint, string responseId)
    {
        lock (_nodes)
        {
            return Use(fingerprint)?.Find(a => a.ResponseId == responseId);
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
            if (Use(fingerprint) is { } answers)
            {
                answers.RemoveAll(a => a.ResponseId == answer.ResponseId);
                answers.RemoveRange(0, Math.Max(answers.Count - MostAnswers + 1, 0));
                answers.Add(answer);
                return;
            }

            if (_nodes.Count == capacity)
            {
                _nodes.Remove(_byUse.Last!.Value.Fingerprint);
                _byUse.RemoveLast();
            }

            _nodes[fingerprint] = _byUse.AddFirst((fingerprint, [answer]));
        }
    }

    private List<KnownAnswer>? Use(string fingerprint)
    {
        if (!_nodes.TryGetValue(fingerprint, out var node))
        {
            return null;
        }

        _byUse.Remove(node);
        _byUse.AddFirst(node);
        return node.Value.Answers;
    }
}

/// <summary>An answer that can be continued.</summary>
/// <param name="ResponseId">The id of its response.</param>
/// <param name="Model">The model that answered; null when it is unknown.</param>
/// <param name="ExpiresAt">When the service's copy expires.</param>
internal sealed record KnownAnswer(string ResponseId, string? Model, DateTimeOffset ExpiresAt);
