namespace Connectors.Grok.Responses;

/// <summary>One entry of <c>GET /v1/models</c>: a language, image or video model.</summary>
/// <remarks>Prices are in US cents per 100 million tokens: divided by 10,000, they are dollars per million tokens. Those for a long context apply to every token of a request whose prompt reaches <see cref="LongContextThreshold"/>.</remarks>
public sealed record GrokModel : WireObject
{
    /// <summary>The model's name.</summary>
    public string? Id { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long? Created { get; init; }

    /// <summary>The owner of the model.</summary>
    public string? OwnedBy { get; init; }

    /// <summary>Other names of the model.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>The size of the context window in tokens; for an image model the longest prompt.</summary>
    public long? ContextLength { get; init; }

    /// <summary>The reasoning efforts of the model; null when the service does not state them.</summary>
    public ModelCapabilities? Capabilities { get; init; }

    /// <summary>The number of prompt tokens from which a request costs the prices for a long context; 0 or null for none.</summary>
    public long? LongContextThreshold { get; init; }

    /// <summary>The price of input text; null for models without text prices, such as image models.</summary>
    public long? PromptTextTokenPrice { get; init; }

    /// <summary>The price of cached input text.</summary>
    public long? CachedPromptTextTokenPrice { get; init; }

    /// <summary>The price of input images.</summary>
    public long? PromptImageTokenPrice { get; init; }

    /// <summary>The price of output text.</summary>
    public long? CompletionTextTokenPrice { get; init; }

    /// <summary>The price of input text for a long context; 0 means that <see cref="PromptTextTokenPrice"/> applies.</summary>
    public long? PromptTextTokenPriceLongContext { get; init; }

    /// <summary>The price of cached input text for a long context; 0 means that <see cref="CachedPromptTextTokenPrice"/> applies.</summary>
    public long? CachedPromptTextTokenPriceLongContext { get; init; }

    /// <summary>The price of output text for a long context; 0 means that <see cref="CompletionTextTokenPrice"/> applies.</summary>
    public long? CompletionTextTokenPriceLongContext { get; init; }
}

/// <summary>The reasoning efforts of a model.</summary>
public sealed record ModelCapabilities : WireObject
{
    /// <summary>The accepted efforts; empty for a model without the parameter.</summary>
    public IReadOnlyList<string>? ReasoningEffort { get; init; }

    /// <summary>The effort of a request that names none.</summary>
    public string? DefaultReasoningEffort { get; init; }
}

/// <summary>The result of <c>GET /v1/models</c>.</summary>
public sealed record ListModelsResult : WireObject
{
    /// <summary>The models.</summary>
    public IReadOnlyList<GrokModel>? Data { get; init; }
}

/// <summary>One entry of <c>GET /v1/language-models</c>.</summary>
/// <remarks>Prices are in the unit of <see cref="GrokModel"/>. The context window is in <c>GET /v1/models</c> only.</remarks>
public sealed record GrokLanguageModel : WireObject
{
    /// <summary>The model's name.</summary>
    public string? Id { get; init; }

    /// <summary>The fingerprint of the model's configuration.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long? Created { get; init; }

    /// <summary>The owner of the model.</summary>
    public string? OwnedBy { get; init; }

    /// <summary>The version of the model.</summary>
    public string? Version { get; init; }

    /// <summary>Other names of the model.</summary>
    public IReadOnlyList<string>? Aliases { get; init; }

    /// <summary>What the model reads, such as <c>text</c> and <c>image</c>.</summary>
    public IReadOnlyList<string>? InputModalities { get; init; }

    /// <summary>What the model writes, such as <c>text</c>.</summary>
    public IReadOnlyList<string>? OutputModalities { get; init; }

    /// <summary>The reasoning efforts of the model; null when the service does not state them.</summary>
    public ModelCapabilities? Capabilities { get; init; }

    /// <summary>The number of prompt tokens from which a request costs the prices for a long context; 0 for none.</summary>
    public long? LongContextThreshold { get; init; }

    /// <summary>The price of input text.</summary>
    public long? PromptTextTokenPrice { get; init; }

    /// <summary>The price of cached input text.</summary>
    public long? CachedPromptTextTokenPrice { get; init; }

    /// <summary>The price of input images.</summary>
    public long? PromptImageTokenPrice { get; init; }

    /// <summary>The price of output text.</summary>
    public long? CompletionTextTokenPrice { get; init; }

    /// <summary>The price of input text for a long context; 0 means that <see cref="PromptTextTokenPrice"/> applies.</summary>
    public long? PromptTextTokenPriceLongContext { get; init; }

    /// <summary>The price of cached input text for a long context; 0 means that <see cref="CachedPromptTextTokenPrice"/> applies.</summary>
    public long? CachedPromptTextTokenPriceLongContext { get; init; }

    /// <summary>The price of output text for a long context; 0 means that <see cref="CompletionTextTokenPrice"/> applies.</summary>
    public long? CompletionTextTokenPriceLongContext { get; init; }

    /// <summary>The price of searches, in US cents per 100 million searches.</summary>
    public long? SearchPrice { get; init; }
}

/// <summary>The result of <c>GET /v1/language-models</c>.</summary>
public sealed record ListLanguageModelsResult : WireObject
{
    /// <summary>The models.</summary>
    public IReadOnlyList<GrokLanguageModel>? Models { get; init; }
}
