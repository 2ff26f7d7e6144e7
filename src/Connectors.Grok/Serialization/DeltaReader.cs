using System.Text.Json;

namespace Connectors.Grok.Serialization;

/// <summary>
/// An optimization for the events that come once per token: reads them in one pass from UTF-8 to the one string that is delivered.
/// An event with any other member is left to the serializer, which keeps all members.
/// </summary>
internal sealed class DeltaReader
{
    private readonly DeltaTemplate _template = new();
    private byte[] _itemUtf8 = [];
    private string? _itemId;
    private DeltaKind _kind;
    private string? _text;
    private string? _item;
    private int _output;
    private int _content;
    private int _summary;
    private Range _numberAt;
    private Range _textAt;

    /// <summary>The sequence number of the last delta; null when it has none.</summary>
    public int? Number { get; private set; }

    /// <summary>Reads a delta event; false when the event has any other member or form.</summary>
    public bool TryRead(ReadOnlySpan<byte> json, out Delta delta)
    {
        if (_template.TryRead(json, out delta, out var number))
        {
            Number = number;
            return true;
        }

        Number = null;

        try
        {
            var reader = new Utf8JsonReader(json);
            if (!TryRead(ref reader, out delta))
            {
                return false;
            }

            _template.Learn(json, _numberAt, _textAt, delta);
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Malformed JSON, or text that is not valid Unicode.
            delta = default;
            return false;
        }
    }

    /// <summary>
    /// Whether an event only says that the response is in progress, which is known after <c>response.created</c>. It repeats the whole response with all tools of the request; reading that takes as
    /// long as reading the answer of a short call. False when the event has any other member or form.
    /// </summary>
    public bool IsProgress(ReadOnlySpan<byte> json)
    {
        Number = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            var (isProgress, hasType) = (reader.Read() && reader.TokenType == JsonTokenType.StartObject, false);
            while (isProgress && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.ValueSpan;
                isProgress = name.SequenceEqual("sequence_number"u8) ? IsSequenceNumber(ref reader)
                    : name.SequenceEqual("type"u8) ? hasType = IsText(ref reader) && reader.ValueSpan.SequenceEqual("response.in_progress"u8)
                    : name.SequenceEqual("response"u8) && hasType && reader.Read() && reader.TokenType == JsonTokenType.StartObject && reader.TrySkip();
            }

            return isProgress && hasType && !reader.Read();
        }
        catch (JsonException)
        {
            // Reported when the event is parsed.
            return false;
        }
    }

    private bool TryRead(ref Utf8JsonReader reader, out Delta delta)
    {
        (_kind, _text, _item, _output, _content, _summary) = (DeltaKind.Other, null, null, 0, 0, 0);
        (_numberAt, _textAt) = (default, default);
        var isPlain = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (isPlain && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            isPlain = IsMember(ref reader);
        }

        // This read returns false at the end of the JSON. If data follows the object, it throws a JsonException.
        isPlain = isPlain && _kind != DeltaKind.Other && _text is not null && !reader.Read();
        delta = isPlain ? new Delta(_kind, _text, _item, _output, _kind == DeltaKind.Summary ? _summary : _content) : default;
        return isPlain;
    }

    /// <summary>Reads the member at the current name; false when a delta has no such member, or its value has another type.</summary>
    private bool IsMember(ref Utf8JsonReader reader)
    {
        // Compares raw bytes: an escaped name matches none. This line runs ten times per token.
        var name = reader.ValueSpan;
        return name.SequenceEqual("sequence_number"u8) ? IsSequenceNumber(ref reader) && IsAt(reader, 0, out _numberAt)
            : name.SequenceEqual("type"u8) ? IsText(ref reader) && _kind == DeltaKind.Other && (_kind = Kind(reader.ValueSpan)) != DeltaKind.Other
            : name.SequenceEqual("item_id"u8) ? IsText(ref reader) && (_item = ItemId(reader)) is not null
            : name.SequenceEqual("output_index"u8) ? IsNumber(ref reader, out _output)
            : name.SequenceEqual("content_index"u8) ? IsNumber(ref reader, out _content)
            : name.SequenceEqual("summary_index"u8) ? IsNumber(ref reader, out _summary)
            : name.SequenceEqual("delta"u8) ? IsText(ref reader) && IsAt(reader, 1, out _textAt) && (_text = reader.GetString()) is not null
            : name.SequenceEqual("logprobs"u8) && IsEmptyList(ref reader);
    }

    private static DeltaKind Kind(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("response.output_text.delta"u8) ? DeltaKind.Text
        : type.SequenceEqual("response.reasoning_summary_text.delta"u8) ? DeltaKind.Summary
        : type.SequenceEqual("response.reasoning_text.delta"u8) ? DeltaKind.Thought
        : type.SequenceEqual("response.function_call_arguments.delta"u8) ? DeltaKind.Arguments
        : DeltaKind.Other;

    /// <summary>Reads the id at the current token: one string for all deltas of an item.</summary>
    private string ItemId(in Utf8JsonReader reader)
    {
        if (_itemId is null || !reader.ValueSpan.SequenceEqual(_itemUtf8))
        {
            _itemUtf8 = reader.ValueSpan.ToArray();
            _itemId = reader.GetString()!;
        }

        return _itemId;
    }

    /// <summary>The range of the current token, without its quotes.</summary>
    private static bool IsAt(in Utf8JsonReader reader, int quote, out Range range)
    {
        range = ((int)reader.TokenStartIndex + quote)..((int)reader.BytesConsumed - quote);
        return true;
    }

    private static bool IsText(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.String;

    private static bool IsNumber(ref Utf8JsonReader reader, out int number)
    {
        number = 0;
        return reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out number);
    }

    private bool IsSequenceNumber(ref Utf8JsonReader reader)
    {
        var isNumber = IsNumber(ref reader, out var number);
        Number = number;
        return isNumber;
    }

    private static bool IsEmptyList(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType == JsonTokenType.StartArray && reader.Read() && reader.TokenType == JsonTokenType.EndArray;
}
