using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>A snapshot of a conversation: its turns, numbered from 1 in the order of their creation, and its head.</summary>
internal sealed class ConversationTree
{
    private readonly List<ConversationTurn> _turns;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public ConversationTree(ConversationTurn? head, IEnumerable<ConversationTurn> turns)
    {
        _turns = [.. turns.OrderBy(static t => t.CreatedAt).ThenBy(static t => t.Depth).ThenBy(static t => t.Id, StringComparer.Ordinal)];
        foreach (var turn in _turns)
        {
            _numbers[turn.Id] = _numbers.Count + 1;
        }

        // The head may have been deleted between the two reads.
        Head = head is not null && _numbers.ContainsKey(head.Id) ? head : null;
    }

    public IReadOnlyList<ConversationTurn> Turns => _turns;

    /// <summary>The turn that the next message follows; null before the first turn.</summary>
    public ConversationTurn? Head { get; private set; }

    /// <summary>The turns from the head back to the first turn.</summary>
    public IEnumerable<ConversationTurn> Path
    {
        get
        {
            for (var turn = Head; turn is not null; turn = Parent(turn))
            {
                yield return turn;
            }
        }
    }

    public int Number(ConversationTurn turn) => _numbers[turn.Id];

    /// <summary>Returns the parent of a turn; null for a first turn.</summary>
    public ConversationTurn? Parent(ConversationTurn turn) => turn.ParentId is { } id ? _turns[_numbers[id] - 1] : null;

    /// <summary>Returns the turn with a number; null for 0, the beginning.</summary>
    /// <exception cref="UserException">There is no such turn.</exception>
    public ConversationTurn? GetTurn(int number) =>
        number == 0 ? null
        : number > 0 && number <= _turns.Count ? _turns[number - 1]
        : throw new UserException($"There is no turn {number}. /history lists the turns.");

    /// <summary>Adds a new turn that follows the head.</summary>
    /// <returns>False when the turn is unknown and does not follow the head.</returns>
    public bool Follow(ConversationTurn turn)
    {
        if (_numbers.ContainsKey(turn.Id))
        {
            return true;
        }

        if (turn.ParentId != Head?.Id)
        {
            return false;
        }

        _turns.Add(turn);
        _numbers[turn.Id] = _turns.Count;
        Head = turn;
        return true;
    }
}
