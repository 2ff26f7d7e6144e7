using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>
/// Finds the streamed item of each item of the final output. Usually that is the item at the same index. When an id (the item's or its
/// call's), or without ids a type, is at another index than it was streamed at, the service reordered the output: then ids decide, so that no
/// text is delivered twice, and items that share an id are matched in their order. An item without an id is matched with the item at its index
/// if that has its type, else with the next item of its type.
/// </summary>
internal static class OutputIndexMap
{
    /// <summary>For each item of the output, its key among the items of the stream; a key that none has for an item that was not streamed.</summary>
    public static IReadOnlyList<int> Create(IReadOnlyList<ResponseItem> output, IReadOnlyDictionary<int, StreamedItem> streamed)
    {
        var places = new int[output.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = i;
        }

        return AreAtTheirPlaces(output, streamed) ? places : Matched(places, output, streamed);
    }

    private static bool AreAtTheirPlaces(IReadOnlyList<ResponseItem> output, IReadOnlyDictionary<int, StreamedItem> streamed)
    {
        foreach (var (place, item) in streamed)
        {
            if (place < 0 || place >= output.Count || !IsAtItsPlace(item, output[place]))
            {
                return false;
            }
        }

        return true;
    }

    private static int[] Matched(int[] places, IReadOnlyList<ResponseItem> output, IReadOnlyDictionary<int, StreamedItem> streamed)
    {
        // The streamed items without a match, and the output items without a match.
        var left = streamed.OrderBy(static s => s.Key).ToDictionary(static s => s.Key, static s => s.Value);
        var open = places.ToList();
        Find(Queues(left, static item => item.ItemId), static item => item.Id);
        Find(Queues(left, static item => item.CallId), CallId);
        open.RemoveAll(i => left.TryGetValue(i, out var item) && (item.Type is null || item.Type == output[i].Type) && left.Remove(i));
        Find(Queues(left, static item => item.Type), static item => item.Type);

        var next = places.Length;
        foreach (var i in open.Where(streamed.ContainsKey))
        {
            // Another item was streamed at this index: this one was not streamed.
            while (streamed.ContainsKey(next))
            {
                next++;
            }

            places[i] = next++;
        }

        return places;

        void Find(Dictionary<string, Queue<int>> known, Func<ResponseItem, string?> key) => open.RemoveAll(i =>
        {
            if (key(output[i]) is not { } name || !known.TryGetValue(name, out var keys) || !keys.TryDequeue(out var place))
            {
                return false;
            }

            places[i] = place;
            return left.Remove(place);
        });
    }

    private static bool IsAtItsPlace(StreamedItem streamed, ResponseItem item) =>
        streamed.ItemId is { } id ? id == item.Id : streamed.CallId is { } call ? call == CallId(item) : streamed.Type is null || streamed.Type == item.Type;

    private static string? CallId(ResponseItem item) => (item as FunctionCallItem)?.CallId;

    private static Dictionary<string, Queue<int>> Queues(Dictionary<int, StreamedItem> items, Func<StreamedItem, string?> key) => items
        .Where(s => key(s.Value) is not null)
        .GroupBy(s => key(s.Value)!, static s => s.Key, StringComparer.Ordinal)
        .ToDictionary(static g => g.Key, static g => new Queue<int>(g), StringComparer.Ordinal);
}
