using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>What a store acknowledged, and the answers of the store that contradict it. Safe for concurrent use.</summary>
/// <param name="onAcknowledged">Called for each acknowledged turn, before the writer appends the next one; null for nothing.</param>
internal sealed class Ledger(Action<SavedTurn>? onAcknowledged = null)
{
    private const int MostTexts = 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SavedTurn>> _acknowledged = [];
    private readonly List<string> _names = [];
    private readonly List<(IReadOnlyList<SavedTurn> Turns, int Shown, string Answer)> _missing = [];
    private readonly List<string> _wrong = [];
    private readonly Dictionary<string, int> _refusals = [];
    private int _count;
    private int _refused;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The number of calls that threw a <see cref="ConversationStoreException"/>.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The messages of the refusals, up to their first full stop, with their numbers.</summary>
    public IReadOnlyList<(string Message, int Count)> Refusals
    {
        get
        {
            lock (_lock)
            {
                return [.. _refusals.OrderByDescending(static r => r.Value).Select(static r => (r.Key, r.Value))];
            }
        }
    }

    /// <summary>The number of answers that are wrong, or that lack a turn which may be lost.</summary>
    public int Suspicions
    {
        get
        {
            lock (_lock)
            {
                return _wrong.Count + _missing.Count;
            }
        }
    }

    public void Acknowledge(SavedTurn turn)
    {
        onAcknowledged?.Invoke(turn);
        lock (_lock)
        {
            if (!_acknowledged.TryGetValue(turn.Name, out var turns))
            {
                _acknowledged[turn.Name] = turns = [];
                _names.Add(turn.Name);
            }

            turns.Add(turn);
            _count++;
        }
    }

    public void Refuse(string message)
    {
        lock (_lock)
        {
            _refused++;
            var kind = message.Split(". ")[0];
            _refusals[kind] = _refusals.GetValueOrDefault(kind) + 1;
        }
    }

    /// <summary>Notes an answer that is wrong whatever is found in the end.</summary>
    public void Wrong(string answer)
    {
        lock (_lock)
        {
            _wrong.Add(answer);
        }
    }

    /// <summary>Notes an answer that shows fewer acknowledged turns than there are. It was wrong if more are found in the end; otherwise turns are lost.</summary>
    /// <param name="turns">The acknowledged turns.</param>
    /// <param name="answer">The question and the answer.</param>
    /// <param name="shown">How many of them the answer shows.</param>
    public void Missing(IReadOnlyList<SavedTurn> turns, string answer, int shown = 0)
    {
        lock (_lock)
        {
            _missing.Add((turns, shown, answer));
        }
    }

    /// <summary>The acknowledged turns of a conversation, in the order in which they were acknowledged.</summary>
    public IReadOnlyList<SavedTurn> Acknowledged(string name)
    {
        lock (_lock)
        {
            return _acknowledged.TryGetValue(name, out var turns) ? [.. turns] : [];
        }
    }

    /// <summary>Any conversation, with a preference for the last ones; null when there is none.</summary>
    public string? AnyName(Random random)
    {
        lock (_lock)
        {
            return _names.Count == 0 ? null : _names[random.Next(2) == 0 ? random.Next(_names.Count) : Math.Max(0, _names.Count - 1 - random.Next(8))];
        }
    }

    /// <summary>Notes the acknowledged turns that a path or a tree should have and has not.</summary>
    public void Compare(IReadOnlyList<SavedTurn> acknowledged, IReadOnlyCollection<SavedTurn> found, string answer)
    {
        if (acknowledged.Except(found).ToList() is { Count: > 0 } missing)
        {
            Missing(missing, answer);
        }
    }

    /// <summary>Looks for every acknowledged turn in its place, when the fault is over.</summary>
    /// <returns>The number of turns found, and the wrong answers: those of the run, and those of this last look.</returns>
    public async Task<(int Found, int Wrong, IReadOnlyList<string> Texts)> VerifyAsync(ConversationStore store)
    {
        var found = new HashSet<SavedTurn>();
        foreach (var name in _names)
        {
            if (await store.FindAsync(Load.Id(name)) is { Head: { } head })
            {
                found.UnionWith(Load.Read(this, name, head, await store.GetPathAsync(Load.Tenant, head), "GetPathAsync in the end"));
            }
        }

        lock (_lock)
        {
            string[] all = [.. _wrong, .. _missing.Where(m => m.Turns.Count(found.Contains) > m.Shown).Select(static m => $"{m.Answer}, without '{m.Turns[^1].Id}'")];
            return (_acknowledged.Values.Sum(turns => turns.Count(found.Contains)), all.Length, [.. all.Take(MostTexts)]);
        }
    }
}
