using System.Runtime.InteropServices;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>One element of a stream: an event, or the delta that was read instead of it.</summary>
/// <param name="Event">The event; null when <paramref name="Delta"/> holds all of its data.</param>
/// <param name="Delta">The delta.</param>
/// <param name="IsAfterGap">Whether the sequence numbers show that an earlier event is missing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct StreamedEvent(ResponseEvent? Event, Delta Delta = default, bool IsAfterGap = false);

/// <summary>A piece of text or reasoning: the most frequent event of a stream, without a record of its own.</summary>
/// <param name="Kind">What it is a piece of.</param>
/// <param name="Text">The piece.</param>
/// <param name="ItemId">The id of the item it belongs to.</param>
/// <param name="OutputIndex">The place of the item in the output.</param>
/// <param name="PartIndex">The place of the part in the item's content or summary.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Delta(DeltaKind Kind, string? Text, string? ItemId, int OutputIndex, int PartIndex)
{
    /// <summary>The same of an event that came with more than that.</summary>
    public static Delta From(DeltaEvent e)
    {
        var kind = e.Type switch
        {
            "response.output_text.delta" => DeltaKind.Text,
            "response.reasoning_summary_text.delta" => DeltaKind.Summary,
            "response.reasoning_text.delta" => DeltaKind.Thought,
            "response.function_call_arguments.delta" => DeltaKind.Arguments,
            _ => DeltaKind.Other,
        };
        return new(kind, e.Delta, e.ItemId, e.OutputIndex, (kind == DeltaKind.Summary ? e.SummaryIndex : e.ContentIndex) ?? 0);
    }
}

/// <summary>The kind of text that a delta is part of.</summary>
internal enum DeltaKind
{
    /// <summary>A refusal, which is delivered with its finished item.</summary>
    Other,

    /// <summary>The arguments of a function call, which are delivered with their finished item.</summary>
    Arguments,

    /// <summary>The answer's text.</summary>
    Text,

    /// <summary>The summary of the reasoning.</summary>
    Summary,

    /// <summary>The reasoning itself.</summary>
    Thought,
}
