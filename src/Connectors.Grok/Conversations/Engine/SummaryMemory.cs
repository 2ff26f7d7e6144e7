using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The last summaries, by the messages for which they stand. The least recently used one is dropped first.</summary>
internal sealed class SummaryMemory
{
    private const int Capacity = 1_000;

    private readonly Dictionary<string, LinkedListNode<(string Key, RememberedSummary Summary)>> _nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, RememberedSummary Summary)> _byUse = new();

    /// <summary>Finds the summary of the longest beginning of a history.</summary>
    /// <returns>The summary, and the number of messages for which it stands; null and 0 when there is none.</returns>
    public (RememberedSummary? Summary, int Covered) FindLatest(CarriedHistory history)
    {
        lock (_nodes)
        {
            foreach (var (count, key) in history.Points.Reverse())
            {
                if (_nodes.TryGetValue(key, out var node))
                {
                    _byUse.Remove(node);
                    _byUse.AddFirst(node);
                    return (node.Value.Summary, count);
                }
            }
        }

        return (null, 0);
    }

    public void Add(string key, RememberedSummary summary)
    {
        lock (_nodes)
        {
            if (_nodes.Remove(key, out var earlier))
            {
                _byUse.Remove(earlier);
            }
            else if (_nodes.Count == Capacity)
            {
                _nodes.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }

            _nodes[key] = _byUse.AddFirst((key, summary));
        }
    }
}

/// <summary>A summary, and the system messages that it holds.</summary>
/// <param name="Message">The message that is sent.</param>
/// <param name="SystemTexts">The texts of the system messages with which the history began.</param>
internal sealed record RememberedSummary(ChatMessage Message, string SystemTexts);
