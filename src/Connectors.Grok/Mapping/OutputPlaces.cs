using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping;

/// <summary>
/// Which item of a stream each item of the final output is: the one at its place. Only where an id stands at another place than it was
/// streamed at was the output put together anew, and ids rule; or what was said would be said again. Of items that share an id the first is
/// the first, and so on.
/// </summary>
internal static class OutputPlaces
{
    /// <summary>For each item of the output, its key among the items of the stream; a key that none has for an item that was not streamed.</summary>
    public static IReadOnlyList<int> Of(IReadOnlyList<ResponseItem> output, IReadOnlyDictionary<int, StreamedItem> streamed)
    {
        var places = Enumerable.Range(0, output.Count).ToArray();
        if (streamed.All(s => s.Value.ItemId is not { } id || (s.Key >= 0 && s.Key < output.Count && output[s.Key].Id == id)))
        {
            return places;
        }

        var byId = streamed.Where(static s => s.Value.ItemId is not null).OrderBy(static s => s.Key)
            .GroupBy(static s => s.Value.ItemId!, static s => s.Key, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => new Queue<int>(g), StringComparer.Ordinal);
        var found = new HashSet<int>();
        List<int> others = [];
        for (var i = 0; i < places.Length; i++)
        {
            if (output[i].Id is { } id && byId.TryGetValue(id, out var before) && before.TryDequeue(out var place))
            {
                places[i] = place;
                found.Add(place);
            }
            else
            {
                others.Add(i);
            }
        }

        // Where another item stood, nothing of this one was streamed.
        var next = places.Length;
        foreach (var i in others.Where(found.Contains))
        {
            while (streamed.ContainsKey(next))
            {
                next++;
            }

            places[i] = next++;
        }

        return places;
    }
}
