using System.Runtime.InteropServices;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>The items of a stream by their <c>output_index</c>; ids may repeat.</summary>
internal sealed class StreamedItems
{
    private readonly Dictionary<int, StreamedItem> _items = [];

    // The only item that is not finished; all of them once there were two at a time, which most answers do not have.
    private int? _open;
    private SortedSet<int>? _allOpen;

    // The replacement index of an output index that the service reused for another item, and the first index that may be free.
    private Dictionary<int, int>? _moved;
    private int _free;

    /// <summary>All items by their places.</summary>
    public IReadOnlyDictionary<int, StreamedItem> All => _items;

    /// <summary>The place of the first item that is not finished; <see cref="int.MaxValue"/> when all are.</summary>
    public int FirstOpen => _allOpen is null ? _open ?? int.MaxValue : _allOpen.Count > 0 ? _allOpen.Min : int.MaxValue;

    /// <summary>The item at a place; a new one where none was yet.</summary>
    public StreamedItem GetOrAdd(int place)
    {
        ref var item = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, place, out var isKnown);
        if (!isKnown)
        {
            item = new StreamedItem();
            if (_allOpen is null && _open is null)
            {
                _open = place;
            }
            else
            {
                _allOpen ??= [_open!.Value];
                _allOpen.Add(place);
            }
        }

        return item!;
    }

    /// <summary>Finds the item of an event. When the service reuses the index of a finished item, the event belongs to a new item.</summary>
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

    /// <summary>Marks the item at an index as finished.</summary>
    public void Finish(int place)
    {
        _items[place].IsDone = true;
        if (_allOpen is not null)
        {
            _allOpen.Remove(place);
        }
        else if (_open == place)
        {
            _open = null;
        }
    }
}
