using System.Text;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>What a stream has delivered of one item so far.</summary>
internal sealed class StreamedItem
{
    private StreamedText _firstPart;
    private StreamedText _allParts;
    private Dictionary<int, StreamedText>? _laterParts;
    private StringBuilder? _arguments;
    private AdditionalPropertiesDictionary? _stamp;

    // What done events say of the parts of a message, with what had been streamed of them.
    private SortedDictionary<int, (DoneEvent Event, StreamedText Streamed)>? _done;

    /// <summary>Whether the item is finished and its contents are emitted or held.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether the item is a function call.</summary>
    public bool IsCall { get; set; }

    /// <summary>Whether the item holds anything that a conversation can continue from.</summary>
    public bool HasSubstance { get => field || _firstPart.Length > 0 || _laterParts is not null; set; }

    /// <summary>A call whose arguments are not a complete JSON object.</summary>
    public FunctionCallItem? Doubtful { get; set; }

    /// <summary>Whether it is a call or a refusal, which is delivered only when it is finished.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>The item's type; null while it is unknown.</summary>
    public string? Type { get; set; }

    /// <summary>The item's id, the last one that an event named; null when none did.</summary>
    public string? ItemId { get; set; }

    /// <summary>The id of the function call; null when the item is none, or its id is unknown.</summary>
    public string? CallId { get; set; }

    /// <summary>The last streamed part of a reasoning item.</summary>
    public (bool IsSummary, int Index)? Part { get; set; }

    /// <summary>The texts of a reasoning item that were streamed, with a mark before each part.</summary>
    public StreamedText Reasoning { get; set; }

    /// <summary>The properties of each piece of the reasoning item.</summary>
    /// <remarks>One object for all of them, as one each would cost more than the rest of the update. A caller that writes into it does so for the pieces it has already; those that follow get a new one.</remarks>
    public AdditionalPropertiesDictionary? Stamp
    {
        get => field is null || Equal(field, _stamp!) ? field : field = _stamp!.Clone();
        set => (field, _stamp) = (value, value?.Clone());
    }

    /// <summary>Whether any content of the item was emitted.</summary>
    public bool HasStreamed => Part is not null || _firstPart.Length > 0 || _laterParts is not null;

    /// <summary>Whether these ids belong to another item.</summary>
    public bool IsOtherThan(string? id, string? callId) =>
        id is not null && ItemId is not null ? id != ItemId : callId is not null && CallId is not null && callId != CallId;

    /// <summary>The emitted text of all parts, in the order in which it was emitted.</summary>
    public StreamedText Text => _laterParts is null ? _firstPart : _allParts;

    /// <summary>The highest index of a part of which text was emitted; -1 when there is none.</summary>
    public int LastPart => _laterParts?.Keys.Max() ?? (_firstPart.Length > 0 ? 0 : -1);

    /// <summary>Records text of a part that was emitted.</summary>
    public void Count(int part, string text)
    {
        if (part == 0 && _laterParts is null)
        {
            _firstPart = _firstPart.Then(text);
            return;
        }

        _allParts = Text.Then(text);
        _laterParts ??= [];
        if (part == 0)
        {
            _firstPart = _firstPart.Then(text);
        }
        else
        {
            _laterParts[part] = _laterParts.GetValueOrDefault(part).Then(text);
        }
    }

    /// <summary>Records a piece of the call's arguments.</summary>
    public void AddArguments(string text) => (_arguments ??= new StringBuilder()).Append(text);

    /// <summary>Keeps what a <c>done</c> event says, for an item that says it nowhere else.</summary>
    public void Keep(in DoneEvent done)
    {
        if (done.Kind == DoneKind.Arguments)
        {
            _arguments = new StringBuilder(done.Arguments);
        }
        else
        {
            (_done ??= [])[done.PartIndex] = (done, Streamed(done.PartIndex));
        }
    }

    /// <summary>The parts of a message that <c>done</c> events say and that were not streamed as such.</summary>
    public List<ResponsePart> DoneParts()
    {
        List<ResponsePart> parts = [];
        foreach (var (done, streamed) in _done?.Values.AsEnumerable() ?? [])
        {
            var part = done.Part!;
            if (part is not OutputTextPart { Text: { } text } || streamed != default(StreamedText).Then(text))
            {
                parts.Add(part);
            }
        }

        return parts;
    }

    /// <summary>Gets the finished item with what it leaves out: a message without content the parts of its <c>done</c> events, a call with blank or malformed arguments the streamed ones.</summary>
    public ResponseItem Completed(ResponseItem item)
    {
        if (item is MessageItem message && _done is not null && !ResponseCompletion.HasSubstance(message) && DoneParts() is { Count: > 0 } parts)
        {
            return message with { Content = parts };
        }

        if (item is not FunctionCallItem call || _arguments is null || _arguments.Equals(call.Arguments.AsSpan()) || (!string.IsNullOrWhiteSpace(call.Arguments) && FunctionMapper.IsWhole(call)))
        {
            return item;
        }

        var streamed = call with { Arguments = _arguments.ToString() };
        return FunctionMapper.IsWhole(streamed) ? streamed : item;
    }

    /// <summary>Gets the emitted text of a part.</summary>
    public StreamedText Streamed(int part) => part == 0 ? _firstPart : _laterParts?.GetValueOrDefault(part) ?? default;

    private static bool Equal(AdditionalPropertiesDictionary shared, AdditionalPropertiesDictionary own)
    {
        if (shared.Count != own.Count)
        {
            return false;
        }

        using var values = shared.GetEnumerator();
        foreach (var (key, value) in own)
        {
            if (!values.MoveNext() || values.Current.Key != key || !ReferenceEquals(values.Current.Value, value))
            {
                return false;
            }
        }

        return true;
    }
}
