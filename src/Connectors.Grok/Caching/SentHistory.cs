using Connectors.Grok.Responses;

namespace Connectors.Grok.Caching;

/// <summary>The history of one request, as hashes.</summary>
internal sealed class SentHistory
{
    private readonly int[] _items;
    private readonly int _tools;
    private readonly string? _model;
    private volatile bool _hasReasoning;

    private SentHistory(int[] items, int tools, string? model) => (_items, _tools, _model) = (items, tools, model);

    /// <summary>The number of items.</summary>
    public int Count => _items.Length;

    /// <summary>Whether the answer had encrypted reasoning, which belongs to the history of the next request.</summary>
    public bool HasReasoning { get => _hasReasoning; set => _hasReasoning = value; }

    public static SentHistory From(CreateResponseRequest request) => new([.. request.Input!.Select(ItemDigest.Of)], ItemDigest.Of(request.Tools), request.Model);

    /// <summary>Whether this history is an earlier one, or continues it, with the same tools and model.</summary>
    public bool Continues(SentHistory before) =>
        _tools == before._tools && _model == before._model && _items.AsSpan().StartsWith(before._items);

    /// <summary>The number of items that both histories begin with.</summary>
    public int CommonWith(SentHistory other) => _items.AsSpan().CommonPrefixLength(other._items);

    /// <summary>What this history, which continues an earlier one, lacks of the answer to it; null when it lacks nothing.</summary>
    public HistoryDifference? MissingAfter(SentHistory before)
    {
        var answer = _items.AsSpan(before.Count);
        var (hasAnswer, hasReasoning) = (false, false);
        foreach (var item in answer)
        {
            hasAnswer |= ItemDigest.KindOf(item) is SentKind.Assistant or SentKind.Call;
            hasReasoning |= ItemDigest.KindOf(item) == SentKind.Reasoning;
        }

        return before.HasReasoning && hasAnswer && !hasReasoning ? new(HistoryChange.ReasoningLeftOut, before.Count, SentKind.Reasoning) : null;
    }

    /// <summary>
    /// The first difference to an earlier history of which this one is a changed copy that goes further: new items follow the last item of the
    /// earlier one. Null where it is another history, such as a fork or a new answer to an earlier question.
    /// </summary>
    public HistoryDifference? DifferenceTo(SentHistory before)
    {
        var index = CommonWith(before);
        if (index == before.Count)
        {
            return index == Count ? null : new(_model != before._model ? HistoryChange.ModelChanged : HistoryChange.ToolsChanged, null, default);
        }

        if (index == Count || !GoesFurtherThan(before, index))
        {
            return null;
        }

        if (_model != before._model)
        {
            // Encrypted reasoning is left out for another model: that is not the cause.
            return new(HistoryChange.ModelChanged, null, default);
        }

        var (was, now) = (before._items[index], _items[index]);
        var (isGone, isNew) = (!_items.AsSpan(index).Contains(was), !before._items.AsSpan(index).Contains(now));
        return new(ChangeOf(ItemDigest.KindOf(was), ItemDigest.KindOf(now), isGone, isNew), index, ItemDigest.KindOf(isNew && !isGone ? now : was));
    }

    private bool GoesFurtherThan(SentHistory before, int index)
    {
        var (last, at) = (before._items[^1], Array.LastIndexOf(_items, before._items[^1]));
        return at >= index ? at < Count - 1
            // A result that was changed after it was sent.
            : index == before.Count - 1 && Count > before.Count && ItemDigest.KindOf(last) == SentKind.Result && ItemDigest.KindOf(_items[index]) == SentKind.Result;
    }

    private static HistoryChange ChangeOf(SentKind was, SentKind now, bool isGone, bool isNew) => (isGone, isNew) switch
    {
        _ when was == SentKind.System || (isNew && now == SentKind.System) => HistoryChange.InstructionsChanged,
        (true, false) => was == SentKind.Reasoning ? HistoryChange.ReasoningLeftOut : HistoryChange.Removed,
        (false, true) => HistoryChange.Inserted,
        (true, true) => HistoryChange.Edited,
        _ => HistoryChange.Reordered,
    };
}

/// <summary>Why a history no longer begins with the items that were sent before.</summary>
internal enum HistoryChange
{
    ReasoningLeftOut,
    InstructionsChanged,
    ToolsChanged,
    ModelChanged,
    Reordered,
    Removed,
    Inserted,
    Edited,
}

/// <summary>A difference between two histories.</summary>
/// <param name="Change">What it is.</param>
/// <param name="Index">The first item that differs; null where no item does.</param>
/// <param name="Kind">The kind of the item that was sent before, or that is missing.</param>
internal sealed record HistoryDifference(HistoryChange Change, int? Index, SentKind Kind);
