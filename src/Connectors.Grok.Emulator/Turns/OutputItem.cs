namespace Connectors.Grok.Emulator.Turns;

/// <summary>An item of the output of a reply.</summary>
internal abstract record OutputItem
{
    /// <summary>The wait before the first event of the item; null for none.</summary>
    public Wait? Before { get; init; }

    /// <summary>The group of the item; null for none. Adjacent items of one group run in parallel, and their events interleave.</summary>
    public int? Group { get; init; }
}

internal sealed record ReasoningOutput(IReadOnlyList<string> Summary) : OutputItem
{
    /// <summary>The reasoning in plain text, as some models return it; null for none.</summary>
    public string? Text { get; init; }

    public string? EncryptedContent { get; init; }
}

internal sealed record MessageOutput(string Text) : OutputItem
{
    public IReadOnlyList<Citation> Annotations { get; init; } = [];

    public bool IsIncomplete { get; init; }

    /// <summary>The deltas of the streamed text; null to stream it word by word.</summary>
    public IReadOnlyList<Delta>? Deltas { get; init; }
}

/// <summary>A piece of streamed text.</summary>
internal sealed record Delta(string Text, Wait? Before = null);

/// <summary>A message whose only content is a refusal.</summary>
internal sealed record RefusalOutput(string Text) : OutputItem;

internal sealed record FunctionCallOutput(string CallId, string Name, string Arguments) : OutputItem
{
    public CallStyle Style { get; init; }
}

/// <summary>A <c>url_citation</c>. Start and end count code points, end exclusive. Title, start and end are null in the shape of 2025.</summary>
internal sealed record Citation(string Url, string? Title, int? Start, int? End);
