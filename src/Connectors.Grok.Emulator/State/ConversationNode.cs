using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// The conversation up to and including a response: an immutable node that references its parent node, and not the stored response of
/// its parent. Forks therefore share their common items, and deleting or expiring a response does not affect later ones.
/// </summary>
internal sealed class ConversationNode(ConversationNode? parent, IReadOnlyList<Item> items)
{
    /// <summary>Returns every item of the conversation, oldest first.</summary>
    public IReadOnlyList<Item> Resolve()
    {
        var nodes = new Stack<ConversationNode>();
        for (var node = this; node is not null; node = node.Parent)
        {
            nodes.Push(node);
        }

        var resolved = new List<Item>(nodes.Count * 2);
        foreach (var node in nodes)
        {
            resolved.AddRange(node.Items);
        }

        return resolved;
    }

    private ConversationNode? Parent { get; } = parent;

    private IReadOnlyList<Item> Items { get; } = items;
}
