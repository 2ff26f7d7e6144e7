namespace Connectors.Grok.Responses;

/// <summary>One token of a text.</summary>
public sealed record GrokToken : WireObject
{
    /// <summary>The number of the token in the model's vocabulary.</summary>
    public long? TokenId { get; init; }

    /// <summary>The text of the token.</summary>
    public string? StringToken { get; init; }

    /// <summary>The UTF-8 bytes of the token, which may be a part of a character.</summary>
    public IReadOnlyList<int>? TokenBytes { get; init; }
}

/// <summary>The body of <c>POST /v1/tokenize-text</c>.</summary>
internal sealed record TokenizeTextRequest : WireObject
{
    /// <summary>The model, whose tokenizer is used.</summary>
    public string? Model { get; init; }

    /// <summary>The text.</summary>
    public string? Text { get; init; }
}

/// <summary>The result of <c>POST /v1/tokenize-text</c>.</summary>
internal sealed record TokenizeTextResult : WireObject
{
    /// <summary>The tokens.</summary>
    public IReadOnlyList<GrokToken>? TokenIds { get; init; }
}
