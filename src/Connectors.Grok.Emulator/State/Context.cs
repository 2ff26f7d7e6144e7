using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.State;

/// <summary>
/// The resolved conversation up to a response: an immutable link that holds on to its parent link, not to the parent's stored
/// response. So forks share their past, and deleting or expiring a response leaves later ones whole.
/// </summary>
internal sealed class Context(Context? parent, IReadOnlyList<Item> items)
{
    public IReadOnlyList<Item> Resolve()
    {
        var links = new Stack<Context>();
        for (var link = this; link is not null; link = link.Parent)
        {
            links.Push(link);
        }

        var resolved = new List<Item>(links.Count * 2);
        foreach (var link in links)
        {
            resolved.AddRange(link.Items);
        }

        return resolved;
    }

    private Context? Parent { get; } = parent;

    private IReadOnlyList<Item> Items { get; } = items;
}
