using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>One event of a streamed response.</summary>
public abstract record ResponseEvent : TaggedObject
{
    /// <summary>The event's number: from 0, rising by one.</summary>
    public long? SequenceNumber { get; init; }
}

/// <summary>The whole response at a moment of its life: created, in progress, or at its end.</summary>
/// <param name="Type"><c>response.created</c>, <c>.in_progress</c>, <c>.completed</c> (or <c>.done</c>), <c>.incomplete</c> or <c>.failed</c>.</param>
public sealed record LifecycleEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The response; its output and usage are filled at the end.</summary>
    public GrokResponse? Response { get; init; }
}

/// <summary>An item was begun (<c>response.output_item.added</c>) or finished (<c>.done</c>, the truth about the item).</summary>
/// <param name="Type">The event's type.</param>
public sealed record OutputItemEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The item's place in the output.</summary>
    public int OutputIndex { get; init; }

    /// <summary>The item.</summary>
    public ResponseItem? Item { get; init; }
}

/// <summary>A piece of text: of the answer, of a refusal, of the thinking or its summary, of a call's arguments.</summary>
/// <param name="Type">The event's type, ending in <c>.delta</c>.</param>
public sealed record DeltaEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The id of the item it belongs to.</summary>
    public string? ItemId { get; init; }

    /// <summary>The place of the item in the output.</summary>
    public int OutputIndex { get; init; }

    /// <summary>The place of the part in the item's content.</summary>
    public int? ContentIndex { get; init; }

    /// <summary>The place of the part in the reasoning item's summary.</summary>
    public int? SummaryIndex { get; init; }

    /// <summary>The text.</summary>
    public string? Delta { get; init; }
}

/// <summary>An error frame in a stream that began well: with <c>type: error</c>, or without any type.</summary>
/// <param name="Json">The whole frame.</param>
public sealed record ErrorEvent(JsonElement Json) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type => "error";
}

/// <summary>An event that this library does not act upon; most of them are notes of progress.</summary>
/// <param name="Tag">Its <c>type</c>; empty when it had none.</param>
/// <param name="Json">The whole event.</param>
public sealed record UnknownEvent(string Tag, JsonElement Json) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
