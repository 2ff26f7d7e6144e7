using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>Completes the items of a response with what only the <c>done</c> events of their parts contain.</summary>
internal static class FinishedParts
{
    /// <summary>Whether an item lacks the text or the arguments that it consists of.</summary>
    public static bool IsBlank(ResponseItem item) => item switch
    {
        MessageItem message => message.Content is not { } parts || parts.All(static p => p is OutputTextPart { Text: null or "" } or RefusalPart { Refusal: null or "" }),
        FunctionCallItem call => string.IsNullOrWhiteSpace(call.Arguments),
        _ => false,
    };

    /// <summary>Completes blank items, and adds the messages that are missing.</summary>
    public static List<ResponseItem> Complete(IEnumerable<ResponseItem> output, IEnumerable<DoneEvent> events)
    {
        var items = output.ToList();
        var added = new HashSet<ResponseItem>(ReferenceEqualityComparer.Instance);
        foreach (var parts in events.GroupBy(static e => (e.OutputIndex, e.ItemId)).OrderBy(static g => g.Key.OutputIndex))
        {
            var (index, id) = parts.Key;
            // Items may share an id, or have none; their index may differ from that of the events when items are missing.
            var at = index >= 0 && index < items.Count && (id is null || items[index].Id is null || items[index].Id == id) ? index
                : id is null ? -1 : items.FindIndex(i => i.Id == id && !added.Contains(i));
            var content = parts.Where(static e => e.Part is not null).GroupBy(static e => e.PartIndex).OrderBy(static g => g.Key).Select(static g => g.Last().Part!).ToList();
            if (at >= 0 && IsBlank(items[at]))
            {
                items[at] = items[at] switch
                {
                    MessageItem message when content.Count > 0 => message with { Content = content },
                    FunctionCallItem call => call with { Arguments = parts.LastOrDefault(static e => e.Arguments is not null).Arguments ?? call.Arguments },
                    var item => item,
                };
            }
            else if (at < 0 && content.Count > 0)
            {
                var message = new MessageItem { Id = id, Role = "assistant", Content = content, Status = "completed" };
                _ = added.Add(message);
                items.Insert(Math.Clamp(index, 0, items.Count), message);
            }
        }

        return items;
    }
}
