namespace Connectors.Grok.Emulator.Turns;

/// <summary>The answer of the model as data; the writers turn it into JSON or into events.</summary>
internal sealed record Reply(IReadOnlyList<OutputItem> Output)
{
    /// <summary>Why the answer stopped early; null when it did not.</summary>
    public string? IncompleteReason { get; init; }

    /// <summary>Code and message of a response that failed; null when it did not.</summary>
    public (string Code, string Message)? Error { get; init; }

    /// <summary>An error frame that ends the stream instead of a terminal event; null when there is none.</summary>
    public (string? Code, string Message)? ErrorFrame { get; init; }

    /// <summary>What to wait for before the terminal event.</summary>
    public Wait? BeforeEnd { get; init; }

    /// <summary>What to wait for once so many events were sent.</summary>
    public IReadOnlyDictionary<int, Wait> After { get; init; } = new Dictionary<int, Wait>();

    /// <summary>The pause before each piece of text or reasoning; null for the emulator's own.</summary>
    public TimeSpan? Pace { get; init; }

    /// <summary>Token counts that were dictated; null to count.</summary>
    public (int Input, int Cached, int Output, int Reasoning)? Tokens { get; init; }

    /// <summary>The answer as items of the conversation, for what comes after it.</summary>
    public IEnumerable<Item> ToItems() => Output.Select<OutputItem, Item>(item => item switch
    {
        ReasoningOutput reasoning => new ReasoningItem(reasoning.Summary, reasoning.EncryptedContent),
        MessageOutput message => new MessageItem("assistant", [new TextPart(message.Text)]),
        RefusalOutput refusal => new MessageItem("assistant", [new RefusalPart(refusal.Text)]),
        FunctionCallOutput call => new FunctionCallItem(call.CallId, call.Name, call.Arguments),
        HostedOutput hosted => new HostedItem(hosted.Type, hosted.Subject),
        _ => throw new InvalidOperationException("An output item that is no part of a conversation."),
    });

    public string Status => Error is not null ? "failed" : IncompleteReason is not null ? "incomplete" : "completed";

    /// <summary>Whether there is something to continue from; a message cut off before its first word is as empty as none.</summary>
    public bool CanBeContinued => Output.Any(item => item is not (ReasoningOutput or MessageOutput { Text.Length: 0 }));
}

/// <summary>Something to wait for between two events: a gate that a test opens, a pause, or both.</summary>
internal sealed record Wait(ReplyGate? Gate, TimeSpan Pause);

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

/// <summary>How often each tool of the service was used.</summary>
internal sealed record ToolCalls(int Web, int X, int Code, int Files, int Mcp, int Images)
{
    public int Total => Web + X + Code + Files + Mcp + Images;
}

/// <summary>Section 5 of the wire description; output includes reasoning.</summary>
internal sealed record Usage(int InputTokens, int CachedTokens, int OutputTokens, int ReasoningTokens, ToolCalls Tools, long CostInUsdTicks);

/// <summary>One request and its answer, with everything the response object shows.</summary>
internal sealed record Turn
{
    public required string Id { get; init; }

    public required CreateRequest Request { get; init; }

    public required Reply Reply { get; init; }

    public required Usage Usage { get; init; }

    /// <summary>Resolved model name, never the alias that was sent.</summary>
    public required string Model { get; init; }

    public required string Fingerprint { get; init; }

    /// <summary>Effective reasoning effort; null for models without the parameter.</summary>
    public string? Effort { get; init; }

    public GrokProfile Profile { get; init; }

    public required long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }
}
