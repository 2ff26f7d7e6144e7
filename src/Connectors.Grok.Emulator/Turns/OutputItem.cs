namespace Connectors.Grok.Emulator.Turns;

/// <summary>One item of the output of a reply.</summary>
internal abstract record OutputItem
{
    /// <summary>What to wait for before its first event.</summary>
    public Wait? Before { get; init; }

    /// <summary>Neighbours of the same group are worked on at once, and their events interleave.</summary>
    public int? Group { get; init; }
}

internal sealed record ReasoningOutput(IReadOnlyList<string> Summary) : OutputItem
{
    /// <summary>Reasoning told in the open, as some models do; null when it is not.</summary>
    public string? Text { get; init; }

    public string? EncryptedContent { get; init; }
}

internal sealed record MessageOutput(string Text) : OutputItem
{
    public IReadOnlyList<Citation> Annotations { get; init; } = [];

    public bool IsIncomplete { get; init; }

    /// <summary>The pieces in which the text is streamed; null for words.</summary>
    public IReadOnlyList<Delta>? Deltas { get; init; }
}

/// <summary>One piece of streamed text.</summary>
internal sealed record Delta(string Text, Wait? Before = null);

/// <summary>A message that holds nothing but a refusal.</summary>
internal sealed record RefusalOutput(string Text) : OutputItem;

internal sealed record FunctionCallOutput(string CallId, string Name, string Arguments) : OutputItem
{
    public CallStyle Style { get; init; }
}

/// <summary>A <c>url_citation</c>; start and end count code points, end exclusive. What is null was not told in 2025.</summary>
internal sealed record Citation(string Url, string? Title, int? Start, int? End);
