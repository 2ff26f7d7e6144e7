using System.Text.Json;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Transport.Http;

/// <summary>The items of which a stream had events. An event of another item is new, even if its sequence number was there before: some services begin to count again.</summary>
internal sealed class SeenItems
{
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private string? _lastId;
    private int _highest = -1;

    /// <summary>Records the item of an event.</summary>
    /// <param name="id">The id of the item, or null.</param>
    /// <param name="index">The index of the item in the output; -1 when the event is of no item.</param>
    public void Add(string? id, int index)
    {
        _highest = Math.Max(_highest, index);
        // Nearly all events are of the item of the event before.
        if (id is not null && !ReferenceEquals(id, _lastId))
        {
            _lastId = id;
            _ids.Add(id);
        }
    }

    /// <summary>Whether there was no event of the item.</summary>
    public bool IsNew(string? id, int index) => index > _highest || (id is not null && !_ids.Contains(id));

    /// <summary>Gets the item of an event.</summary>
    public static (string? Id, int Index) ItemOf(ResponseEvent e) => e switch
    {
        OutputItemEvent item => (item.Item?.Id, item.OutputIndex),
        DeltaEvent delta => (delta.ItemId, delta.OutputIndex),
        UnknownEvent { Json.ValueKind: JsonValueKind.Object } unknown => (
            unknown.Json.TryGetProperty("item_id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null,
            unknown.Json.TryGetProperty("output_index", out var index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var number) ? number : -1),
        _ => (null, -1),
    };
}
