using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>What a stream has said of one item so far.</summary>
internal sealed class StreamedItem
{
    private int _firstPart;
    private Dictionary<int, int>? _laterParts;
    private AdditionalPropertiesDictionary? _stamp;

    /// <summary>Whether the item is finished and its contents have left or wait their turn.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether it is a function call.</summary>
    public bool IsCall { get; set; }

    /// <summary>Whether the finished item says something that a conversation can go on from.</summary>
    public bool HasSubstance { get => field || _firstPart > 0 || _laterParts is not null; set; }

    /// <summary>A call whose arguments are no whole object.</summary>
    public FunctionCallItem? Doubtful { get; set; }

    /// <summary>The item's id, of a reasoning item.</summary>
    public string? ItemId { get; set; }

    /// <summary>The part of a reasoning item that was streamed last.</summary>
    public (bool IsSummary, int Index)? Part { get; set; }

    /// <summary>What each piece of the reasoning item carries.</summary>
    /// <remarks>One object for all of them, as one each would cost more than the rest of the update. A caller that writes into it does so for the pieces it has already; those that follow get a new one.</remarks>
    public AdditionalPropertiesDictionary? Stamp
    {
        get => field is null || Equal(field, _stamp!) ? field : field = _stamp!.Clone();
        set => (field, _stamp) = (value, value?.Clone());
    }

    /// <summary>Whether anything of the item has left already.</summary>
    public bool HasStreamed => Part is not null || _firstPart > 0 || _laterParts is not null;

    /// <summary>Notes that text of a part has left.</summary>
    public void Count(int part, int length)
    {
        if (part == 0)
        {
            _firstPart += length;
        }
        else
        {
            _laterParts ??= [];
            _laterParts[part] = _laterParts.GetValueOrDefault(part) + length;
        }
    }

    /// <summary>How much of a part's text has left, in UTF-16 units.</summary>
    public int Streamed(int part) => part == 0 ? _firstPart : _laterParts?.GetValueOrDefault(part) ?? 0;

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
