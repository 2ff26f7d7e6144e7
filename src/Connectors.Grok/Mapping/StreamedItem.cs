using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>What a stream has said of one item so far.</summary>
/// <param name="keepsText">Whether texts are kept until the item is finished, for one who wants the whole answer at its end.</param>
internal sealed class StreamedItem(bool keepsText)
{
    private Said? _firstPart;
    private SortedDictionary<int, Said>? _laterParts;
    private AdditionalPropertiesDictionary? _stamp;

    /// <summary>The finished item; null before.</summary>
    public ResponseItem? Item { get; private set; }

    /// <summary>Whether it says something that a conversation can go on from.</summary>
    public bool HasSubstance => HasText || IsSaidByItem;

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
    public bool HasStreamed => Part is not null || HasText;

    private bool HasText => _firstPart is not null || _laterParts is not null;

    private bool IsSaidByItem => Item is not null && Outcome.HasSubstance(Item);

    /// <summary>Notes that text of a part has left.</summary>
    public void Count(int part, string text) => (Streamed(part) ?? Begin(part)).Add(text);

    /// <summary>What has left of a part's text; null for nothing.</summary>
    public Said? Streamed(int part) => part == 0 ? _firstPart : _laterParts?.GetValueOrDefault(part);

    /// <summary>Notes that the item is finished, and its contents have left or wait their turn.</summary>
    public void Finish(ResponseItem item)
    {
        Item = item;
        if (keepsText && IsSaidByItem)
        {
            foreach (var text in Texts())
            {
                text.Forget();
            }
        }
    }

    /// <summary>The item as a whole, where texts are kept; null for one of which nothing is known.</summary>
    public ResponseItem? Whole() => IsSaidByItem || !HasText ? Item
        // Behind a proxy that leaves out what finishes items.
        : new MessageItem { Content = [.. Texts().Select(static t => new OutputTextPart { Text = t.Kept })] };

    private Said Begin(int part) => part == 0 ? _firstPart = new(keepsText) : (_laterParts ??= [])[part] = new(keepsText);

    private IEnumerable<Said> Texts() => new[] { _firstPart }.OfType<Said>().Concat(_laterParts is null ? [] : _laterParts.Values);

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

    /// <summary>The text of a part that has left: how long it is and the sum of its letters, to tell it from another text, or all of it.</summary>
    internal sealed class Said(bool isKept)
    {
        // Small at first: a hostile stream may begin a text with every event.
        private readonly PooledBuffer<char>? _text = isKept ? new(64) : null;
        private uint _sum;

        /// <summary>In UTF-16 units.</summary>
        public int Length { get; private set; }

        public void Add(string text)
        {
            Length += text.Length;
            if (_text is null)
            {
                _sum = Sum(text, _sum);
                return;
            }

            text.CopyTo(_text.GetSpan(text.Length));
            _text.Advance(text.Length);
        }

        /// <summary>Whether a text begins with it.</summary>
        public bool Begins(string text) =>
            text.Length >= Length && (_text is null ? Sum(text.AsSpan(0, Length), 0) == _sum : text.AsSpan().StartsWith(_text.Span));

        /// <summary>All of it, where it is kept.</summary>
        public string Kept => _text!.Span.ToString();

        /// <summary>Gives the text's memory back.</summary>
        public void Forget() => _text?.Dispose();

        private static uint Sum(ReadOnlySpan<char> text, uint sum)
        {
            foreach (var letter in text)
            {
                sum = (sum * 31) + letter;
            }

            return sum;
        }
    }
}
