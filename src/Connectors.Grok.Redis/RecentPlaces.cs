using System.Collections.Concurrent;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Redis;

/// <summary>
/// Remembers which tree has a turn, so that what a call reads after it found a name costs no lookup, and so that a turn whose claim was lost
/// in a failover is still found. A tree is asked either way, so an old entry costs a round trip and no wrong answer.
/// </summary>
internal sealed class RecentPlaces
{
    private const int Capacity = 20_000;

    private readonly ConcurrentDictionary<string, string> _trees = new(StringComparer.Ordinal);

    public void Remember(string turn, string tree)
    {
        if (_trees.Count >= Capacity)
        {
            _trees.Clear();
        }

        _trees[turn] = tree;
    }

    public string? Find(string turn) => _trees.GetValueOrDefault(turn);

    public void Forget(string turn) => _trees.TryRemove(turn, out _);
}
