using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>A conversation at a moment: all its turns, numbered from 1 in the order they were made, and where it stands.</summary>
internal sealed class ConversationTree
{
    private readonly List<ConversationTurn> _turns;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public ConversationTree(ConversationTurn? head, IEnumerable<ConversationTurn> turns)
    {
        _turns = [.. turns.OrderBy(static t => t.CreatedAt).ThenBy(static t => t.Depth)];
        foreach (var turn in _turns)
        {
            _numbers[turn.Id] = _numbers.Count + 1;
        }

        Head = head;
    }

    public IReadOnlyList<ConversationTurn> Turns => _turns;

    /// <summary>The turn that the next message follows; null before the first.</summary>
    public ConversationTurn? Head { get; private set; }

    /// <summary>The turns from the head back to the beginning.</summary>
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

    /// <summary>The turn before a turn, or null for the first.</summary>
    public ConversationTurn? Parent(ConversationTurn turn) => turn.ParentId is { } id ? _turns[_numbers[id] - 1] : null;

    /// <summary>The turn of a number, or null for 0, the beginning.</summary>
    /// <exception cref="UserException">There is no such turn.</exception>
    public ConversationTurn? At(int number) =>
        number == 0 ? null
        : number > 0 && number <= _turns.Count ? _turns[number - 1]
        : throw new UserException($"There is no turn {number}: /history lists the turns.");

    /// <summary>A turn that was just made at the head.</summary>
    public void Add(ConversationTurn turn)
    {
        _turns.Add(turn);
        _numbers[turn.Id] = _turns.Count;
        Head = turn;
    }
}
