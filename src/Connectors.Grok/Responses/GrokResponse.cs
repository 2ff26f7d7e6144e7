using System.Text.Json.Serialization;

namespace Connectors.Grok.Responses;

/// <summary>A response of the Responses API. Members that the service may leave out are null when it did.</summary>
public sealed record GrokResponse : WireObject
{
    /// <summary>The id; opaque, currently a UUID.</summary>
    public string? Id { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>The time of completion, in seconds since 1970.</summary>
    public long? CompletedAt { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c>, <c>incomplete</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The name of the model that answered, not the requested alias.</summary>
    public string? Model { get; init; }

    /// <summary>The items of the answer, in order.</summary>
    public IReadOnlyList<ResponseItem>? Output { get; init; }

    /// <summary>Tokens and cost; null until the response is finished.</summary>
    public ResponseUsage? Usage { get; init; }

    /// <summary>Why the response failed.</summary>
    public ResponseError? Error { get; init; }

    /// <summary>Why the response is incomplete.</summary>
    public IncompleteDetails? IncompleteDetails { get; init; }

    /// <summary>The response that this one continues.</summary>
    public string? PreviousResponseId { get; init; }

    /// <summary>Whether the service stores the response.</summary>
    public bool? Store { get; init; }

    /// <summary>The service tier that was used.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The reasoning effort that the model used.</summary>
    public ReasoningConfig? Reasoning { get; init; }

    /// <summary>Values of the HTTP headers.</summary>
    [JsonIgnore]
    public ResponseHeaders? Headers { get; init; }
}

/// <summary>Why a response failed.</summary>
public sealed record ResponseError : WireObject
{
    /// <summary>The error code.</summary>
    public string? Code { get; init; }

    /// <summary>The error message.</summary>
    public string? Message { get; init; }
}

/// <summary>Why a response is incomplete.</summary>
public sealed record IncompleteDetails : WireObject
{
    /// <summary><c>max_output_tokens</c>, <c>max_prompt_tokens</c>, <c>max_time_limit</c> or <c>content_filter</c>.</summary>
    public string? Reason { get; init; }
}

/// <summary>Values of the HTTP headers of an answer.</summary>
/// <param name="RequestId">The service's id of the request, for its support.</param>
/// <param name="ZeroDataRetention">Whether the team has zero data retention, so that no response can be continued by id.</param>
public sealed record ResponseHeaders(string? RequestId, bool ZeroDataRetention)
{
    /// <summary>The limit of requests in the current window.</summary>
    public long? LimitRequests { get; init; }

    /// <summary>The remaining requests in the current window.</summary>
    public long? RemainingRequests { get; init; }

    /// <summary>The limit of tokens in the current window.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>The remaining tokens in the current window.</summary>
    public long? RemainingTokens { get; init; }

    /// <summary>The cost of the request in US dollars, which some gateways report in a header (<c>x-litellm-response-cost</c>); null when the answer has none.</summary>
    public decimal? CostInUsd { get; init; }
}

/// <summary>The result of <c>DELETE /v1/responses/{id}</c>.</summary>
/// <remarks>The service may also confirm with an empty answer; the id is then the one that was passed.</remarks>
public sealed record DeleteResponseResult : WireObject
{
    /// <summary>The id of the deleted response.</summary>
    public string? Id { get; init; }

    /// <summary>Whether the response was deleted.</summary>
    public bool Deleted { get; init; }
}
