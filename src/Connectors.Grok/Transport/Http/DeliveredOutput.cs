using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>
/// Records what a stream delivered of a stored response, so that the rest of the same answer can be delivered when the stream breaks. The texts themselves
/// are not kept.
/// </summary>
internal sealed class DeliveredOutput
{
    private readonly Dictionary<int, DeliveredItem> _items = [];
    private DeliveredItem? _last;
    private int _lastIndex = -1;

    /// <summary>The id of the response; null until the service names it.</summary>
    public string? ResponseId { get; private set; }

    /// <summary>Whether the service said that it stores the response.</summary>
    public bool IsStored { get; private set; }

    /// <summary>Records an element of the stream.</summary>
    public void Add(in StreamedEvent e)
    {
        switch (e.Event)
        {
            case null:
                Add(e.Delta);
                break;
            case DeltaEvent delta:
                Add(Delta.From(delta));
                break;
            case OutputItemEvent { Item: { } item } output:
                Item(output.OutputIndex).Add(item, isDone: output.Type == "response.output_item.done");
                break;
            case LifecycleEvent { Type: "response.created", Response: { Id.Length: > 0 } response }:
                (ResponseId, IsStored) = (response.Id, response.Store == true);
                break;
        }
    }

    /// <summary>Gets the events that complete what was delivered; null when it is not the beginning of this response, item for item.</summary>
    public IReadOnlyList<ResponseEvent>? Rest(GrokResponse response)
    {
        var output = response.Output ?? [];
        List<ResponseEvent> rest = [];
        for (var i = 0; i < output.Count; i++)
        {
            var delivered = _items.GetValueOrDefault(i);
            if (delivered?.Begins(output[i]) == false)
            {
                return null;
            }

            if (delivered?.IsDone != true)
            {
                rest.AddRange(delivered?.RestOf(output[i], i) ?? []);
                rest.Add(new OutputItemEvent("response.output_item.done") { OutputIndex = i, Item = output[i] });
            }
        }

        rest.Add(new LifecycleEvent(response.Status == "incomplete" ? "response.incomplete" : "response.completed") { Response = response });
        return _items.Keys.All(i => i >= 0 && i < output.Count) ? rest : null;
    }

    private void Add(in Delta delta)
    {
        if (!string.IsNullOrEmpty(delta.Text))
        {
            Item(delta.OutputIndex).Add(delta);
        }
    }

    private DeliveredItem Item(int index)
    {
        // Nearly all events are of the item of the event before.
        if (_last is null || index != _lastIndex)
        {
            if (!_items.TryGetValue(index, out _last))
            {
                _items[index] = _last = new DeliveredItem();
            }

            _lastIndex = index;
        }

        return _last;
    }
}
