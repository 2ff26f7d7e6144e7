using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>One event of a streamed response.</summary>
public abstract record ResponseEvent : TaggedObject
{
    /// <summary>The sequence number of the event: 0 for the first, then rising by one.</summary>
    public long? SequenceNumber { get; init; }
}

/// <summary>The response as a whole, when it is created, in progress or finished.</summary>
/// <param name="Type"><c>response.created</c>, <c>.in_progress</c>, <c>.completed</c> (or <c>.done</c>), <c>.incomplete</c> or <c>.failed</c>.</param>
public sealed record LifecycleEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The response; its output and usage are filled at the end.</summary>
    public GrokResponse? Response { get; init; }
}

/// <summary>An item was started (<c>response.output_item.added</c>) or finished (<c>.done</c>, which holds the complete item).</summary>
/// <param name="Type">The event's type.</param>
public sealed record OutputItemEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The index of the item in the output.</summary>
    public int OutputIndex { get; init; }

    /// <summary>The item.</summary>
    public ResponseItem? Item { get; init; }
}

/// <summary>A piece of text of the answer, a refusal, reasoning or its summary, or a call's arguments.</summary>
/// <param name="Type">The event's type, ending in <c>.delta</c>.</param>
public sealed record DeltaEvent(string Type) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type { get; } = Type;

    /// <summary>The id of the item.</summary>
    public string? ItemId { get; init; }

    /// <summary>The index of the item in the output.</summary>
    public int OutputIndex { get; init; }

    /// <summary>The index of the part in the item's content.</summary>
    public int? ContentIndex { get; init; }

    /// <summary>The index of the part in the reasoning item's summary.</summary>
    public int? SummaryIndex { get; init; }

    /// <summary>The text.</summary>
    public string? Delta { get; init; }
}

/// <summary>An error inside a stream with a successful status, with <c>type: error</c> or without a type.</summary>
/// <param name="Json">The complete frame.</param>
public sealed record ErrorEvent(JsonElement Json) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type => "error";
}

/// <summary>An event that this library does not process; most of them report progress.</summary>
/// <param name="Tag">The <c>type</c> member; empty when it is missing.</param>
/// <param name="Json">The complete event.</param>
public sealed record UnknownEvent(string Tag, JsonElement Json) : ResponseEvent
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
