using System.Text.Json.Serialization;

namespace Connectors.Grok.Responses;

/// <summary>
/// The body of <c>POST /v1/responses</c>. Members that are null are not sent, and the service's defaults apply.
/// <c>ChatOptions.RawRepresentationFactory</c> may return one: its values then win over those of <c>ChatOptions</c>,
/// except that a non-blank <c>ChatOptions.ConversationId</c> wins over <see cref="PreviousResponseId"/>.
/// </summary>
public sealed record CreateResponseRequest : WireObject
{
    /// <summary>The model's name or alias, such as <c>grok-4.7</c>.</summary>
    public string? Model { get; init; }

    /// <summary>The stored response that this request continues. Not together with <see cref="Instructions"/> or <c>store: false</c>.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>A system prompt outside the conversation. The chat client never sends it: it sends the text as a leading system item.</summary>
    public string? Instructions { get; init; }

    /// <summary>The new items of the conversation, in order.</summary>
    public IReadOnlyList<ResponseItem>? Input { get; init; }

    /// <summary>Whether the service keeps request and response for 30 days. The service's default is true.</summary>
    public bool? Store { get; init; }

    /// <summary>Whether the answer is streamed. Set by the client according to the method called.</summary>
    public bool? Stream { get; init; }

    /// <summary>Whether a function call's arguments are streamed in many pieces. The service's default is false.</summary>
    public bool? StreamToolCalls { get; init; }

    /// <summary>Additional data to include in the answer, such as <c>reasoning.encrypted_content</c>.</summary>
    public IReadOnlyList<string>? Include { get; init; }

    /// <summary>The maximum number of tokens of visible text.</summary>
    public int? MaxOutputTokens { get; init; }

    /// <summary>The maximum number of rounds of hosted tools.</summary>
    public int? MaxTurns { get; init; }

    /// <summary>The tools the model may call. Not inherited along a chain of responses.</summary>
    public IReadOnlyList<ResponseTool>? Tools { get; init; }

    /// <summary>Which tool the model must or may call. Rejected by the service without <see cref="Tools"/>.</summary>
    public ToolChoice? ToolChoice { get; init; }

    /// <summary>Whether one answer may hold several function calls. The service's default is true.</summary>
    public bool? ParallelToolCalls { get; init; }

    /// <summary>The format of the text: plain text, JSON, or JSON of a schema.</summary>
    public TextConfig? Text { get; init; }

    /// <summary>The reasoning settings.</summary>
    public ReasoningConfig? Reasoning { get; init; }

    /// <summary>Sampling temperature, 0 to 2.</summary>
    public double? Temperature { get; init; }

    /// <summary>Nucleus sampling, above 0 to 1.</summary>
    public double? TopP { get; init; }

    /// <summary>Top-k sampling, at least 1.</summary>
    public int? TopK { get; init; }

    /// <summary>Seed for sampling, best effort.</summary>
    public long? Seed { get; init; }

    /// <summary>Your own id of the end user.</summary>
    public string? User { get; init; }

    /// <summary>One stable value per conversation, so that its requests hit the same prompt cache. Never shared between conversations.</summary>
    public string? PromptCacheKey { get; init; }

    /// <summary><c>auto</c>, <c>default</c>, <c>priority</c> or <c>fast</c>. The response names the tier that was granted.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The share of the most probable token's probability below which tokens are dropped, 0 to 1. Off when null.</summary>
    public double? MinP { get; init; }

    /// <summary>A stable, opaque id of the end user, such as a hash.</summary>
    public string? SafetyIdentifier { get; init; }

    /// <summary>What the model declines, by category.</summary>
    public IReadOnlyList<Guideline>? Guidelines { get; init; }

    /// <summary>Your own id of the call, sent as the header <c>x-client-request-id</c> with each of its attempts: 1 to 256 visible ASCII characters. Not a member of the body.</summary>
    /// <value>Null, the default: a new UUID for each call.</value>
    [JsonIgnore]
    public string? ClientRequestId { get; init; }
}

/// <summary>How the model treats one category of content. Categories without a guideline keep the service's default.</summary>
public sealed record Guideline : WireObject
{
    /// <summary><c>policy</c>.</summary>
    public string? Type { get; init; }

    /// <summary><c>nsfw</c>, <c>violence</c> or <c>profanity</c>.</summary>
    public string? Category { get; init; }

    /// <summary><c>decline</c>.</summary>
    public string? Behavior { get; init; }
}

/// <summary>The <c>reasoning</c> member of a request, and its echo.</summary>
public sealed record ReasoningConfig : WireObject
{
    /// <summary><c>none</c>, <c>low</c>, <c>medium</c>, <c>high</c> or <c>xhigh</c>; each model accepts some of them.</summary>
    public string? Effort { get; init; }

    /// <summary><c>auto</c>, <c>concise</c> or <c>detailed</c>; kept by the service for compatibility only.</summary>
    public string? Summary { get; init; }
}

/// <summary>The <c>text</c> member of a request, and its echo.</summary>
public sealed record TextConfig : WireObject
{
    /// <summary>The format of the text.</summary>
    public TextFormat? Format { get; init; }
}

/// <summary>A text format: <c>text</c>, <c>json_object</c> or <c>json_schema</c>.</summary>
public sealed record TextFormat : WireObject
{
    /// <summary><c>text</c>, <c>json_object</c> or <c>json_schema</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The schema's name.</summary>
    public string? Name { get; init; }

    /// <summary>The schema's description.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema.</summary>
    public System.Text.Json.JsonElement? Schema { get; init; }

    /// <summary>Accepted by the service for compatibility only: the text always conforms to the schema.</summary>
    public bool? Strict { get; init; }
}
