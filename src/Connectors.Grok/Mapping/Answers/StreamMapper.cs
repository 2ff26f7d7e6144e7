using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>
/// Maps the events of one stream to updates: an event becomes one update or none. Text and reasoning are emitted immediately; everything else
/// is emitted when its item is finished, in the order of the items.
/// </summary>
/// <param name="request">The request.</param>
/// <param name="settings">The settings of the client, which know the prices of models; null when they are unknown.</param>
internal sealed class StreamMapper(CreateResponseRequest request, GrokSettings? settings = null)
{
    private readonly StreamedItems _items = new();
    private readonly DuplicateCallFilter _calls = new();
    private SortedDictionary<int, List<AIContent>>? _held;
    private GrokResponse _response = new();
    private ReasoningOrigin _origin = ReasoningOrigin.From(null, request.Model);
    private DateTimeOffset? _createdAt;
    private StreamedItem? _thoughtWithoutSeal;
    private bool _hasGap;

    /// <summary>Maps an event to an update; null when the event has nothing for a host.</summary>
    /// <exception cref="GrokException">Part of the answer is missing from the stream.</exception>
    public ChatResponseUpdate? ToUpdate(in StreamedEvent e)
    {
        _hasGap |= e.IsAfterGap;
        return e.Event switch
        {
            null => Delta(e.Delta, null),
            DeltaEvent delta => Delta(Serialization.Delta.From(delta), delta),
            OutputItemEvent { Item: { } item } done => Item(done, item),
            LifecycleEvent { Response: { } response } life => Lifecycle(life, response),
            UnknownEvent unknown => Progress(unknown),
            _ => null,
        };
    }

    /// <param name="e">The delta.</param>
    /// <param name="raw">The event, when it holds more than the delta.</param>
    private ChatResponseUpdate? Delta(in Delta e, DeltaEvent? raw)
    {
        if (string.IsNullOrEmpty(e.Text))
        {
            return null;
        }

        var (_, item) = _items.Find(e.OutputIndex, e.ItemId, null);
        item.ItemId = e.ItemId ?? item.ItemId;
        switch (e.Kind)
        {
            case DeltaKind.Text:
                item.Type = "message";
                item.Count(e.PartIndex, e.Text);
                return Update(raw, [new TextContent(e.Text)]);
            case DeltaKind.Summary or DeltaKind.Thought:
                return Update(raw, Thought(e, item));
            default:
                // Arguments and refusals are emitted with their finished item.
                item.IsAwaited = true;
                if (e.Kind == DeltaKind.Arguments)
                {
                    item.AddArguments(e.Text);
                }

                return null;
        }
    }

    /// <summary>Keeps what an event about a finished part says: some services say it nowhere else.</summary>
    private ChatResponseUpdate Progress(UnknownEvent e)
    {
        if (DoneEvent.TryRead(e, out var done))
        {
            var (_, item) = _items.Find(done.OutputIndex, done.ItemId, null);
            if (!item.IsDone)
            {
                item.ItemId = done.ItemId ?? item.ItemId;
                item.IsAwaited |= done.Kind == DoneKind.Arguments;
                item.Keep(done);
            }
        }

        return Update(e, []);
    }

    private List<AIContent> Thought(in Delta e, StreamedItem item)
    {
        var (before, part) = (item.Part, (IsSummary: e.Kind == DeltaKind.Summary, e.PartIndex));
        var isOther = before is not null ? before != part : _thoughtWithoutSeal is not null && _thoughtWithoutSeal != item;
        var divided = before is null ? _thoughtWithoutSeal?.ItemId : item.ItemId;
        item.Reasoning = (before == part ? item.Reasoning : item.Reasoning.ThenPart(part.IsSummary)).Then(e.Text);
        if (before?.IsSummary != part.IsSummary)
        {
            item.Stamp = ReasoningMapper.Stamp(item.ItemId, _origin, part.IsSummary);
        }

        (item.Type, item.Part, _thoughtWithoutSeal) = ("reasoning", part, item);
        var thought = new TextReasoningContent(e.Text) { AdditionalProperties = item.Stamp };
        return isOther ? [ReasoningMapper.PartSeparator(divided, _origin), thought] : [thought];
    }

    private ChatResponseUpdate? Item(OutputItemEvent e, ResponseItem item)
    {
        var callId = (item as FunctionCallItem)?.CallId;
        var (place, streamed) = _items.Find(e.OutputIndex, item.Id, callId);
        if (streamed.IsDone)
        {
            return null;
        }

        streamed.Type = item.Type;
        streamed.ItemId = item.Id ?? streamed.ItemId;
        streamed.CallId = callId;
        streamed.IsAwaited |= item is FunctionCallItem;
        if (e.Type != "response.output_item.done")
        {
            return null;
        }

        var contents = Finish(streamed, place, item, isCut: false);
        return contents.Count > 0 ? Update(e, contents) : null;
    }

    /// <summary>Emits the rest of a finished item, and items that were held for it.</summary>
    private List<AIContent> Finish(StreamedItem streamed, int index, ResponseItem item, bool isCut)
    {
        _items.Finish(index);
        item = streamed.Completed(item);
        streamed.IsCall = item is FunctionCallItem;
        streamed.HasSubstance = ResponseCompletion.HasSubstance(item);
        List<AIContent> contents = [];
        switch (item)
        {
            case MessageItem message:
                contents.AddRange(MessageRest.Create(message.Content ?? [], streamed, _hasGap) ?? throw Lost());
                break;
            case ReasoningItem reasoning when streamed.Part is not null:
                if (reasoning.EncryptedContent is not null)
                {
                    contents.AddRange(ReasoningMapper.Ending(reasoning, _origin, IsStreamed(streamed, reasoning)));
                    _thoughtWithoutSeal = null;
                }

                break;
            case FunctionCallItem call when _calls.Repeats(call):
                // A duplicate of the call at another index: it would run twice.
                break;
            case FunctionCallItem call when !isCut && (string.IsNullOrWhiteSpace(call.Arguments) || !FunctionMapper.IsWhole(call)):
                // A truncated, malformed or blank call is held: the end of the response tells whether it may run, and may have its arguments.
                streamed.Doubtful = call;
                break;
            default:
                contents.AddRange(ToContents(item, index, isCut));
                break;
        }

        if (streamed.HasStreamed)
        {
            return contents;
        }

        // Items that run in parallel finish in any order; they are emitted in output order.
        (_held ??= [])[index] = contents;
        return Release(isEnd: false);
    }

    /// <summary>Whether the pieces that left say the same as the finished item: in JSON nothing else is left of it.</summary>
    private static bool IsStreamed(StreamedItem streamed, ReasoningItem item)
    {
        var whole = ReasoningMapper.Texts(item).Aggregate(default(StreamedText), static (sum, part) => sum.ThenPart(part.IsSummary).Then(part.Text));
        return streamed.Reasoning == whole && streamed.Stamp.GetText(GrokKeys.Content.ReasoningItemId) == item.Id;
    }

    private List<AIContent> Release(bool isEnd) => _held is null ? [] : Release(_held, isEnd);

    private List<AIContent> Release(SortedDictionary<int, List<AIContent>> all, bool isEnd)
    {
        List<AIContent> contents = [];
        var open = _items.FirstOpen;
        foreach (var index in all.Keys.TakeWhile(i => isEnd || i < open).ToList())
        {
            var held = all[index];
            if (held is [TextReasoningContent, ..] && _thoughtWithoutSeal is not null)
            {
                // An item without a blob, then another that arrived whole: coalescing would make them one.
                contents.Add(ReasoningMapper.PartSeparator(_thoughtWithoutSeal.ItemId, _origin));
            }

            if (held is [.., TextReasoningContent last])
            {
                _thoughtWithoutSeal = last.ProtectedData is null ? _items.GetOrAdd(index) : null;
            }

            contents.AddRange(held);
            all.Remove(index);
        }

        return contents;
    }

    private IEnumerable<AIContent> ToContents(ResponseItem item, int index, bool isCut) =>
        ItemMapper.ToContents(item is FunctionCallItem call ? _calls.WithId(call, index) : item, _origin, isCut);

    private ChatResponseUpdate? Lifecycle(LifecycleEvent e, GrokResponse response)
    {
        var isFirst = _response.Id is null;
        _response = response;
        _createdAt = ResponseCompletion.CreatedAt(response);
        _origin = ReasoningOrigin.From(response.Model, request.Model);
        // Nothing else ends a response, or it would end twice.
        return e.Type is "response.completed" or "response.incomplete" or "response.done" ? End(e, response) : isFirst ? Update(e, []) : null;
    }

    private ChatResponseUpdate End(LifecycleEvent e, GrokResponse response)
    {
        var isCut = response.Status == "incomplete" || e.Type == "response.incomplete";
        var contents = FinishOutput(response.Output ?? [], isCut);
        if (_items.All.Values.Any(IsLeft))
        {
            contents.AddRange(FinishLeft(isCut));
        }

        if (!isCut && _items.All.Values.Any(static i => i is { IsAwaited: true, IsDone: false }))
        {
            // Otherwise an agent would treat the answer as final and not run the call.
            throw Lost();
        }

        foreach (var (index, streamed) in _items.All)
        {
            if (streamed.Doubtful is { } call)
            {
                (_held ??= [])[index] = [.. ToContents(call, index, isCut)];
            }
        }

        contents.AddRange(Release(isEnd: true));
        if (UsageMapper.ToUsage(response, request, settings) is { } usage)
        {
            contents.Add(new UsageContent(usage));
        }

        var hasCalls = _items.All.Values.Any(static i => i.IsCall);
        var update = Update(e, contents);
        update.AdditionalProperties = ResponseCompletion.Properties(response);
        update.FinishReason = ResponseCompletion.FinishReason(response, hasCalls);
        update.ConversationId = ResponseCompletion.ConversationId(response, request, _items.All.Values.Any(static i => i.HasSubstance), hasCalls);
        return update;
    }

    /// <summary>Finishes the items of the final output that the stream did not finish.</summary>
    private List<AIContent> FinishOutput(IReadOnlyList<ResponseItem> output, bool isCut)
    {
        List<AIContent> contents = [];
        var places = OutputIndexMap.Create(output, _items.All);
        for (var i = 0; i < output.Count; i++)
        {
            var (item, index) = (output[i], places[i]);
            var streamed = _items.GetOrAdd(index);
            if (!streamed.IsDone)
            {
                contents.AddRange(Finish(streamed, index, item, isCut));
            }
            else if (streamed.Doubtful is not null && item is FunctionCallItem { Arguments: var arguments } call && !string.IsNullOrWhiteSpace(arguments) && FunctionMapper.IsWhole(call))
            {
                streamed.Doubtful = call;
            }
        }

        return contents;
    }

    /// <summary>Finishes the messages that neither the stream nor the final output has as an item, but whose parts were reported as done.</summary>
    private List<AIContent> FinishLeft(bool isCut) =>
    [
        .. _items.All.Where(static i => IsLeft(i.Value)).OrderBy(static i => i.Key).ToList()
            .SelectMany(left => Finish(left.Value, left.Key, new MessageItem { Id = left.Value.ItemId, Role = "assistant" }, isCut)),
    ];

    private static bool IsLeft(StreamedItem item) => !item.IsDone && item.DoneParts().Count > 0;

    private GrokException Lost() => new(GrokErrorKind.StreamBroken, "Part of the answer is missing from the stream.") { RequestId = _response.Headers?.RequestId };

    private ChatResponseUpdate Update(ResponseEvent? e, List<AIContent> contents) => new(ChatRole.Assistant, contents)
    {
        ResponseId = _response.Id,
        MessageId = _response.Id,
        ModelId = _response.Model ?? request.Model,
        CreatedAt = _createdAt,
        RawRepresentation = e,
    };
}
