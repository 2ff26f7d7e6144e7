using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;

namespace Connectors.Grok.Transport.Http;

/// <summary>What a stream delivered of one output item.</summary>
internal sealed class DeliveredItem
{
    // The texts of the parts before the current one; null while there is one part, as in most items.
    private SortedDictionary<(DeltaKind Kind, int Part), StreamedText>? _texts;
    private (DeltaKind Kind, int Part) _part;
    private StreamedText _text;
    private string? _id;
    private ResponseItem? _done;

    /// <summary>Whether the whole item was delivered.</summary>
    public bool IsDone => _done is not null;

    /// <summary>Records an item that was begun or finished.</summary>
    public void Add(ResponseItem item, bool isDone) => (_id, _done) = (item.Id ?? _id, isDone ? item : _done);

    /// <summary>Records a delta.</summary>
    public void Add(in Delta delta)
    {
        _id = delta.ItemId ?? _id;
        if (_part != (delta.Kind, delta.PartIndex))
        {
            Keep();
            _part = (delta.Kind, delta.PartIndex);
            _text = _texts?.GetValueOrDefault(_part) ?? default;
        }

        _text = _text.Then(delta.Text);
    }

    /// <summary>Whether what was delivered is the beginning of an item; of a finished item: whether it is the same.</summary>
    public bool Begins(ResponseItem item)
    {
        Keep();
        if (_id is not null && item.Id is not null && _id != item.Id)
        {
            return false;
        }

        var texts = TextsOf(item).ToDictionary(static t => (t.Kind, t.Part), static t => t.Text);
        return _texts?.All(t => texts.TryGetValue(t.Key, out var text) && t.Value.Begins(text)) != false
            && (_done is null || (_done.Type == item.Type && TextsOf(_done).SequenceEqual(TextsOf(item)) && IsSameCall(_done, item)));
    }

    /// <summary>The deltas that are left of an item that begins with what was delivered.</summary>
    public IEnumerable<DeltaEvent> RestOf(ResponseItem item, int index) =>
        from t in TextsOf(item)
        let streamed = _texts?.GetValueOrDefault((t.Kind, t.Part)).Length ?? 0
        where streamed < t.Text.Length
        select new DeltaEvent(TypeOf(t.Kind))
        {
            ItemId = item.Id,
            OutputIndex = index,
            ContentIndex = t.Kind == DeltaKind.Summary ? null : t.Part,
            SummaryIndex = t.Kind == DeltaKind.Summary ? t.Part : null,
            Delta = t.Text[streamed..],
        };

    private void Keep()
    {
        if (_text.Length > 0)
        {
            (_texts ??= [])[_part] = _text;
        }
    }

    private static bool IsSameCall(ResponseItem one, ResponseItem other) =>
        one is not FunctionCallItem call || (other is FunctionCallItem same && (call.CallId, call.Name) == (same.CallId, same.Name));

    /// <summary>The texts that an item delivers in deltas, in their order.</summary>
    private static IEnumerable<(DeltaKind Kind, int Part, string Text)> TextsOf(ResponseItem item) => item switch
    {
        MessageItem message => (message.Content ?? []).Select(static (part, i) => part switch
        {
            OutputTextPart { Text: { } text } => (DeltaKind.Text, i, text),
            RefusalPart { Refusal: { } text } => (DeltaKind.Other, i, text),
            _ => (DeltaKind.Other, i, ""),
        }),
        ReasoningItem reasoning =>
        [
            .. (reasoning.Summary ?? []).Select(static (part, i) => (DeltaKind.Summary, i, (part as SummaryTextPart)?.Text ?? "")),
            .. (reasoning.Content ?? []).Select(static (part, i) => (DeltaKind.Thought, i, (part as ReasoningTextPart)?.Text ?? "")),
        ],
        FunctionCallItem { Arguments: { } arguments } => [(DeltaKind.Arguments, 0, arguments)],
        _ => [],
    };

    private static string TypeOf(DeltaKind kind) => kind switch
    {
        DeltaKind.Text => "response.output_text.delta",
        DeltaKind.Summary => "response.reasoning_summary_text.delta",
        DeltaKind.Thought => "response.reasoning_text.delta",
        DeltaKind.Arguments => "response.function_call_arguments.delta",
        _ => "response.refusal.delta",
    };
}
