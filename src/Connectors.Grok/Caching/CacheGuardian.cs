using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Caching;

/// <summary>
/// Watches the histories that are sent whole, by their prompt cache key, and reports the first one of a key that no longer begins with the items sent before: the
/// service then reads less of it from its cache. Keeps hashes only, of a limited number of items; the least recently used key is dropped first. Does nothing
/// where the logger does not have the level Information.
/// </summary>
/// <param name="logger">The logger of the client.</param>
/// <param name="capacity">The most hashes that are kept, about four bytes each. A key counts as many as <see cref="KeySize"/>.</param>
internal sealed class CacheGuardian(ILogger logger, int capacity = 500_000)
{
    /// <summary>The hashes that a key counts as, besides those of its histories.</summary>
    public const int KeySize = 64;

    /// <summary>The most histories of one key. A key with more is shared by conversations that have nothing to do with each other, and no longer watched.</summary>
    private const int MostHistories = 16;

    private readonly Dictionary<string, LinkedListNode<WatchedKey>> _keys = new(StringComparer.Ordinal);
    private readonly LinkedList<WatchedKey> _byUse = new();
    private int _size;

    /// <summary>The number of keys that are known.</summary>
    public int Count
    {
        get
        {
            lock (_keys)
            {
                return _keys.Count;
            }
        }
    }

    /// <summary>Checks the history of a request, and reports what is wrong with it.</summary>
    /// <returns>The history; null when it is not watched, as that of a request without a key or of one that continues a response.</returns>
    public SentHistory? Check(CreateResponseRequest request)
    {
        if (request is not { PromptCacheKey: { } key, PreviousResponseId: null, Input: not null } || !logger.IsEnabled(LogLevel.Information))
        {
            return null;
        }

        var history = SentHistory.From(request);
        HistoryDifference? difference;
        lock (_keys)
        {
            var watched = Use(key);
            _size -= watched.Size;
            difference = watched.Add(history);
            _size += watched.Size;
            while (_size > capacity)
            {
                _size -= _byUse.Last!.Value.Size;
                _keys.Remove(_byUse.Last.Value.Key);
                _byUse.RemoveLast();
            }
        }

        if (difference is { } first)
        {
            Log.PrefixChanged(logger, key, first.Index is { } index ? $"item {index} ({first.Kind})" : "no item", first.Change.ToString(), Advice(first.Change));
        }

        return history;
    }

    private static string Advice(HistoryChange change) => change switch
    {
        HistoryChange.ReasoningLeftOut => "The reasoning of an earlier answer is missing: pass the answer's messages on as they are, with the encrypted reasoning, or continue by ConversationId.",
        HistoryChange.InstructionsChanged => "The instructions or a system message changed: a time or another value in them that differs from call to call belongs in the last message.",
        HistoryChange.ToolsChanged => "The tools changed: offer the same tools in the same order with each call.",
        HistoryChange.ModelChanged => "The model changed: each model has a cache of its own.",
        HistoryChange.Reordered => "The same items came in another order: keep the order of the messages.",
        HistoryChange.Removed => "An item was removed from the middle: a window or a reducer changes the beginning with each call. Compact the history once in a while instead.",
        HistoryChange.Inserted => "An item was inserted: append what is new at the end.",
        _ => "An item was edited: keep earlier messages as they were sent.",
    };

    private WatchedKey Use(string key)
    {
        if (_keys.TryGetValue(key, out var node))
        {
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value;
        }

        var watched = new WatchedKey(key);
        _keys[key] = _byUse.AddFirst(watched);
        _size += watched.Size;
        return watched;
    }

    /// <summary>The histories of a key, the last one first.</summary>
    private sealed class WatchedKey(string key)
    {
        private readonly List<SentHistory> _histories = [];
        private bool _isDone;

        public string Key => key;

        public int Size => KeySize + _histories.Sum(static h => h.Count);

        public HistoryDifference? Add(SentHistory history)
        {
            if (_isDone)
            {
                return null;
            }

            var continued = _histories.Where(history.Continues).MaxBy(static h => h.Count);
            var difference = continued is not null
                ? history.MissingAfter(continued)
                // Only the closest one tells: others may belong to another agent, or to another conversation with the same beginning.
                : _histories.MaxBy(history.CommonWith) is { } closest ? history.DifferenceTo(closest) : null;
            if (continued is not null)
            {
                _histories.Remove(continued);
            }

            _histories.Insert(0, history);
            _isDone = difference is not null || _histories.Count > MostHistories;
            if (_isDone)
            {
                _histories.Clear();
            }

            return difference;
        }
    }
}
