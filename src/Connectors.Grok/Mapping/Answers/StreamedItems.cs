using System.Runtime.InteropServices;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>The items of a stream by their <c>output_index</c>; ids may repeat.</summary>
internal sealed class StreamedItems
{
    private readonly Dictionary<int, StreamedItem> _items = [];
    private readonly SortedSet<int> _open = [];

    // Where an index means another item than the one that was finished there first, and the first place that may be free for one.
    private Dictionary<int, int>? _moved;
    private int _free;

    /// <summary>All items by their places.</summary>
    public IReadOnlyDictionary<int, StreamedItem> All => _items;

    /// <summary>The place of the first item that is not finished; <see cref="int.MaxValue"/> when all are.</summary>
    public int FirstOpen => _open.Count > 0 ? _open.Min : int.MaxValue;

    /// <summary>The item at a place; a new one where none was yet.</summary>
    public StreamedItem GetOrAdd(int place)
    {
        ref var item = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, place, out var isKnown);
        if (!isKnown)
        {
            item = new StreamedItem();
            _open.Add(place);
        }

        return item!;
    }

    /// <summary>The item that an event is about. A service that counts no items, or gives all the same index, goes on with another where one was finished.</summary>
    public (int Place, StreamedItem Item) Find(int index, string? id, string? callId)
    {
        var place = _moved?.GetValueOrDefault(index, index) ?? index;
        var item = GetOrAdd(place);
        if (!item.IsDone || !item.IsOtherThan(id, callId))
        {
            return (place, item);
        }

        _free = Math.Max(_free, _items.Count);
        while (_items.ContainsKey(_free))
        {
            _free++;
        }

        (_moved ??= [])[index] = _free;
        return (_free, GetOrAdd(_free));
    }

    /// <summary>Notes that the item at a place is finished.</summary>
    public void Finish(int place)
    {
        _items[place].IsDone = true;
        _open.Remove(place);
    }
}
