using System.Runtime.InteropServices;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>
/// Events → updates, one stream's worth: an event becomes one update or none. Text and thinking leave as they come; everything else
/// leaves with its finished item, in the order of the items. Items are told apart by <c>output_index</c>: their ids may repeat.
/// </summary>
internal sealed class StreamMapper(ResponseRequest request)
{
    private readonly Dictionary<int, StreamedItem> _items = [];
    private readonly SortedDictionary<int, List<AIContent>> _held = [];
    private GrokResponse _response = new();
    private ReasoningOrigin _origin = ReasoningOrigin.Of(null, request.Model);
    private StreamedItem? _thoughtWithoutSeal;

    /// <summary>The update for an event, or null when the event says nothing to a host.</summary>
    public ChatResponseUpdate? ToUpdate(ResponseEvent e) => e switch
    {
        DeltaEvent delta => Delta(delta),
        OutputItemEvent { Item: { } item } done => Item(done, item),
        LifecycleEvent { Response: { } response } life => Lifecycle(life, response),
        UnknownEvent => Update(e, []),
        _ => null,
    };

    private ChatResponseUpdate? Delta(DeltaEvent e)
    {
        if (string.IsNullOrEmpty(e.Delta))
        {
            return null;
        }

        var item = ItemAt(e.OutputIndex);
        switch (e.Type)
        {
            case "response.output_text.delta":
                item.Count(e.ContentIndex ?? 0, e.Delta.Length);
                return Update(e, [new TextContent(e.Delta)]);
            case "response.reasoning_summary_text.delta":
                return Thought(e, item, (true, e.SummaryIndex ?? 0));
            case "response.reasoning_text.delta":
                return Thought(e, item, (false, e.ContentIndex ?? 0));
            default:
                // Arguments and refusals: whole with their item.
                return null;
        }
    }

    private ChatResponseUpdate Thought(DeltaEvent e, StreamedItem item, (bool IsSummary, int Index) part)
    {
        List<AIContent> contents = [];
        if (item.Part is { } before ? before != part : _thoughtWithoutSeal is not null && _thoughtWithoutSeal != item)
        {
            contents.Add(ReasoningMapper.Divider(item.Part is null ? _thoughtWithoutSeal!.ItemId : e.ItemId, _origin));
        }

        if (item.Part is null || item.Part.Value.IsSummary != part.IsSummary)
        {
            item.Stamp = ReasoningMapper.Stamp(e.ItemId, _origin, part.IsSummary);
        }

        item.ItemId = e.ItemId;
        item.Part = part;
        _thoughtWithoutSeal = item;
        contents.Add(new TextReasoningContent(e.Delta) { AdditionalProperties = item.Stamp });
        return Update(e, contents);
    }

    private ChatResponseUpdate? Item(OutputItemEvent e, ResponseItem item)
    {
        var streamed = ItemAt(e.OutputIndex);
        if (e.Type != "response.output_item.done" || streamed.IsDone)
        {
            return null;
        }

        var contents = Finish(streamed, e.OutputIndex, item, isCut: false);
        return contents.Count > 0 ? Update(e, contents) : null;
    }

    /// <summary>What a finished item has that did not leave yet, and what waited for it.</summary>
    private List<AIContent> Finish(StreamedItem streamed, int index, ResponseItem item, bool isCut)
    {
        streamed.IsDone = true;
        streamed.IsCall = item is FunctionCallItem;
        streamed.HasSubstance = Outcome.HasSubstance(item);
        List<AIContent> contents = [];
        switch (item)
        {
            case MessageItem message:
                contents.AddRange((message.Content ?? []).SelectMany((part, i) => Rest(part, streamed.Streamed(i))));
                break;
            case ReasoningItem reasoning when streamed.Part is not null:
                if (reasoning.EncryptedContent is not null)
                {
                    contents.Add(ReasoningMapper.Seal(reasoning, _origin));
                    _thoughtWithoutSeal = null;
                }

                break;
            case FunctionCallItem call when !isCut && !FunctionMapper.IsWhole(call):
                // Cut off or garbled: whether it may be run shows only at the end of the response.
                streamed.Doubtful = call;
                break;
            default:
                contents.AddRange(ItemMapper.ToContents(item, _origin, isCut));
                break;
        }

        if (streamed.HasStreamed)
        {
            return contents;
        }

        // Items that run side by side finish in any order; they leave in the order of the output.
        _held[index] = contents;
        return Release(isEnd: false);
    }

    private List<AIContent> Release(bool isEnd)
    {
        List<AIContent> contents = [];
        var open = _items.Where(static i => !i.Value.IsDone).Select(static i => i.Key).DefaultIfEmpty(int.MaxValue).Min();
        foreach (var index in _held.Keys.TakeWhile(i => isEnd || i < open).ToList())
        {
            contents.AddRange(_held[index]);
            _held.Remove(index);
        }

        return contents;
    }

    /// <summary>The part of a finished text that was not streamed, and its citations.</summary>
    private static List<AIContent> Rest(ContentPart part, int streamed)
    {
        if (streamed == 0)
        {
            return ItemMapper.ToContent(part) is not { } whole ? []
                : whole is TextContent { Annotations: { } notes } text ? [new TextContent(text.Text), new TextContent("") { Annotations = notes }]
                : [whole];
        }

        if (part is not OutputTextPart { Text: { } final } output)
        {
            return [];
        }

        List<AIContent> rest = [];
        if (final.Length > streamed)
        {
            rest.Add(new TextContent(final[streamed..]));
        }

        if (AnnotationMapper.ToAnnotations(output.Annotations, final) is { } annotations)
        {
            rest.Add(new TextContent("") { Annotations = annotations });
        }

        return rest;
    }

    private ChatResponseUpdate? Lifecycle(LifecycleEvent e, GrokResponse response)
    {
        var isFirst = _response.Id is null;
        _response = response;
        _origin = ReasoningOrigin.Of(response.Model, request.Model);
        return e.Type switch
        {
            "response.created" or "response.in_progress" => isFirst ? Update(e, []) : null,
            _ => End(e, response),
        };
    }

    private ChatResponseUpdate End(LifecycleEvent e, GrokResponse response)
    {
        var isCut = response.Status == "incomplete" || e.Type == "response.incomplete";
        List<AIContent> contents = [];
        foreach (var (item, index) in (response.Output ?? []).Select(static (item, i) => (item, i)))
        {
            var streamed = ItemAt(index);
            if (!streamed.IsDone)
            {
                contents.AddRange(Finish(streamed, index, item, isCut));
            }
        }

        foreach (var (index, streamed) in _items)
        {
            if (streamed.Doubtful is { } call)
            {
                _held[index] = [.. ItemMapper.ToContents(call, _origin, isCut)];
            }

            streamed.IsDone = true;
        }

        contents.AddRange(Release(isEnd: true));
        if (UsageMapper.ToUsage(response.Usage) is { } usage)
        {
            contents.Add(new UsageContent(usage));
        }

        var hasCalls = _items.Values.Any(static i => i.IsCall);
        var update = Update(e, contents);
        update.AdditionalProperties = Outcome.Properties(response);
        update.FinishReason = Outcome.FinishReason(response, hasCalls);
        update.ConversationId = Outcome.ConversationId(response, request, _items.Values.Any(static i => i.HasSubstance), hasCalls);
        return update;
    }

    private StreamedItem ItemAt(int index)
    {
        ref var item = ref CollectionsMarshal.GetValueRefOrAddDefault(_items, index, out _);
        return item ??= new StreamedItem();
    }

    private ChatResponseUpdate Update(ResponseEvent e, List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _response.Id,
        MessageId = _response.Id,
        ModelId = _response.Model ?? request.Model,
        CreatedAt = Outcome.CreatedAt(_response),
        RawRepresentation = e,
    };
}
