namespace Connectors.Grok.Emulator.Wire;

/// <summary>What the model decided. <see cref="ResponseWriter"/> makes it JSON and <see cref="EventSequence"/> makes it events.</summary>
internal sealed record Reply(IReadOnlyList<OutputItem> Output)
{
    /// <summary>Why the answer stopped early; null when it did not.</summary>
    public string? IncompleteReason { get; init; }

    /// <summary>Code and message of a response that failed; null when it did not.</summary>
    public (string Code, string Message)? Error { get; init; }

    /// <summary>The answer as items of the conversation, for what comes after it.</summary>
    public IEnumerable<Item> ToItems() => Output.Select<OutputItem, Item>(item => item switch
    {
        ReasoningOutput reasoning => new ReasoningItem(reasoning.Summary, reasoning.EncryptedContent),
        MessageOutput message => new MessageItem("assistant", [new TextPart(message.Text)]),
        FunctionCallOutput call => new FunctionCallItem(call.CallId, call.Name, call.Arguments),
        WebSearchOutput search => new HostedItem("web_search_call", search.Query),
        _ => throw new InvalidOperationException("An output item that is no part of a conversation."),
    });

    public string Status => Error is not null ? "failed" : IncompleteReason is not null ? "incomplete" : "completed";
}

internal abstract record OutputItem;

internal sealed record ReasoningOutput(IReadOnlyList<string> Summary) : OutputItem
{
    public string? EncryptedContent { get; init; }
}

internal sealed record MessageOutput(string Text) : OutputItem
{
    public IReadOnlyList<Citation> Annotations { get; init; } = [];

    public bool IsIncomplete { get; init; }
}

internal sealed record FunctionCallOutput(string CallId, string Name, string Arguments) : OutputItem;

internal sealed record WebSearchOutput(string Query, IReadOnlyList<string> Sources) : OutputItem
{
    /// <summary>Whether the caller asked to see query and sources; else they arrive empty.</summary>
    public bool ShowsSources { get; init; }
}

/// <summary>A <c>url_citation</c>; start and end count code points, end exclusive.</summary>
internal sealed record Citation(string Url, string Title, int Start, int End);

/// <summary>Section 5 of the wire description; output includes reasoning.</summary>
internal sealed record Usage(int InputTokens, int CachedTokens, int OutputTokens, int ReasoningTokens, int WebSearches, long CostInUsdTicks);

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

    public required long CreatedAt { get; init; }

    public long? CompletedAt { get; init; }
}
