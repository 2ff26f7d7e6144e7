namespace Connectors.Grok.Responses;

/// <summary>A compacted conversation.</summary>
public sealed record GrokCompaction : WireObject
{
    /// <summary>The id.</summary>
    public string? Id { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>The model that wrote the summary.</summary>
    public string? Model { get; init; }

    /// <summary>One <see cref="CompactionItem"/>: the first item of the next <c>input</c>, unchanged, with the new turns after it.</summary>
    public IReadOnlyList<ResponseItem>? Output { get; init; }

    /// <summary>Tokens of the compaction.</summary>
    public CompactionUsage? Usage { get; init; }
}

/// <summary>The body of <c>POST /v1/responses/compact</c>. Both members are required.</summary>
public sealed record CreateCompactionRequest : WireObject
{
    /// <summary>The model that writes the summary. It need not be the model of the conversation.</summary>
    public string? Model { get; init; }

    /// <summary>The whole conversation, with its encrypted reasoning. It must fit the model's context window.</summary>
    public IReadOnlyList<ResponseItem>? Input { get; init; }
}

/// <summary>Tokens of a compaction. The service reports no cost.</summary>
public sealed record CompactionUsage : WireObject
{
    /// <summary>Tokens of the conversation before it was compacted.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Details of <see cref="InputTokens"/>.</summary>
    public InputTokensDetails? InputTokensDetails { get; init; }

    /// <summary>Tokens of the compacted record, which is about the size of the next prompt without its system prompts.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>Details of <see cref="OutputTokens"/>.</summary>
    public OutputTokensDetails? OutputTokensDetails { get; init; }

    /// <summary>Input and output tokens.</summary>
    public long? TotalTokens { get; init; }

    /// <summary>The number of messages that were dropped.</summary>
    public long? DroppedMessageCount { get; init; }
}
