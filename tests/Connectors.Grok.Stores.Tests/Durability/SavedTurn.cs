using System.Text;
using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A turn that a writer appends. Its content follows from its id, so that every reader can check it.</summary>
/// <param name="Name">The conversation.</param>
/// <param name="Id">The id of the turn.</param>
/// <param name="Parent">The id of its parent; null for the first turn.</param>
/// <param name="Depth">The number of turns before it.</param>
internal sealed record SavedTurn(string Name, string Id, string? Parent, int Depth)
{
    private const int ShortestContent = 200;
    private const int LongestContent = 4_000;

    public static SavedTurn After(SavedTurn? parent, string name, string id) => new(name, id, parent?.Id, parent is null ? 0 : parent.Depth + 1);

    /// <summary>A stored turn of a conversation; null when its content is not that of its id.</summary>
    public static SavedTurn? From(string name, ConversationTurn turn) =>
        turn.Content.Span.SequenceEqual(ContentOf(turn.Id)) ? new(name, turn.Id, turn.ParentId, turn.Depth) : null;

    public ConversationTurn ToTurn() => SomeTurns.Turn(Id, Parent, Depth) with { Content = ContentOf(Id) };

    /// <summary>The turn as one line of text.</summary>
    public override string ToString() => string.Join('\t', Name, Id, Parent, Depth);

    public static SavedTurn Parse(string line) => line.Split('\t') is [var name, var id, var parent, var depth]
        ? new(name, id, parent.Length == 0 ? null : parent, int.Parse(depth))
        : throw new FormatException($"'{line}' is not a turn.");

    private static byte[] ContentOf(string id)
    {
        var content = new byte[ShortestContent + (int)(id.Aggregate(2166136261u, static (hash, c) => (hash ^ c) * 16777619u) % (LongestContent - ShortestContent))];
        var text = Encoding.UTF8.GetBytes(id + ',');
        for (var i = 0; i < content.Length; i++)
        {
            content[i] = text[i % text.Length];
        }

        return content;
    }
}
