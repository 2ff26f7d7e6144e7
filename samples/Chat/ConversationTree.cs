using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>
/// The conversation as a tree of turns. Going back and forking only move the head: no turn is ever lost, and each can be continued again.
/// </summary>
/// <param name="root">The id of a stored response that the whole conversation goes on from, or null.</param>
internal sealed class ConversationTree(string? root = null)
{
    private readonly List<Turn> _turns = [];

    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Whether it goes on from a response of an earlier run.</summary>
    public bool IsRooted => root is not null;

    /// <summary>The turn that the next message follows; null before the first.</summary>
    public Turn? Head { get; private set; }

    /// <summary>The turns from the head back to the beginning.</summary>
    public IEnumerable<Turn> Path
    {
        get
        {
            for (var turn = Head; turn is not null; turn = turn.Parent)
            {
                yield return turn;
            }
        }
    }

    /// <summary>
    /// What to send for a new message: the message and the id it follows. Turns that the service does not have,
    /// back to the nearest one that it has, go along as history.
    /// </summary>
    public (IReadOnlyList<ChatMessage> Messages, string? ConversationId) Continue(ChatMessage message)
    {
        var unsent = Path.TakeWhile(static t => t.ConversationId is null).Reverse().ToList();
        var stored = Path.FirstOrDefault(static t => t.ConversationId is not null);
        return ([.. unsent.SelectMany(static t => t.Answer.Prepend(t.User)), message], stored?.ConversationId ?? root);
    }

    public Turn Add(ChatMessage user, ChatResponse response, long bytesSent)
    {
        Head = new Turn(_turns.Count + 1, Head, user, response, bytesSent);
        _turns.Add(Head);
        return Head;
    }

    /// <summary>Moves the head to a turn, or with 0 before the first.</summary>
    /// <exception cref="UserException">There is no such turn.</exception>
    public void Fork(int number)
    {
        if (number < 0 || number > _turns.Count)
        {
            throw new UserException($"There is no turn {number}: /history lists the turns.");
        }

        Head = number == 0 ? null : _turns[number - 1];
    }

    /// <summary>Moves the head so many turns back.</summary>
    /// <exception cref="UserException">There are not that many.</exception>
    public void Rewind(int turns)
    {
        var depth = Path.Count();
        if (turns < 1 || turns > depth)
        {
            throw new UserException(depth == 0
                ? "There is no turn to go back to: the conversation has not begun."
                : $"/rewind {turns} is not possible: give a number from 1 to {depth}, the turns up to here.");
        }

        Head = Path.Skip(turns).FirstOrDefault();
    }

    /// <summary>The service does not know the turns up to here any more: they go along with the next message.</summary>
    /// <returns>Whether it was believed to know any of them.</returns>
    public bool ForgetStored()
    {
        var wasStored = Path.Any(static t => t.ConversationId is not null);
        foreach (var turn in Path)
        {
            turn.ForgetStored();
        }

        return wasStored;
    }
}
