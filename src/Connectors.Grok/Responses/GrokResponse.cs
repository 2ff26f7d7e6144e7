using System.Text.Json.Serialization;

namespace Connectors.Grok.Responses;

/// <summary>A response of the Responses API. Members that the service may leave out are null when it did.</summary>
public sealed record GrokResponse : WireObject
{
    /// <summary>The id, a bare UUID today; opaque.</summary>
    public string? Id { get; init; }

    /// <summary>When it was created, in seconds since 1970.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>When it was finished, in seconds since 1970.</summary>
    public long? CompletedAt { get; init; }

    /// <summary><c>in_progress</c>, <c>completed</c>, <c>incomplete</c> or <c>failed</c>.</summary>
    public string? Status { get; init; }

    /// <summary>The model that answered: the real name, not the alias that was asked for.</summary>
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

    /// <summary>Whether the service keeps it.</summary>
    public bool? Store { get; init; }

    /// <summary>The tier that was really used.</summary>
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
/// <param name="ZeroDataRetention">True when the team's data is never stored, so that no response can be continued by id.</param>
public sealed record ResponseHeaders(string? RequestId, bool ZeroDataRetention)
{
    /// <summary>How many requests the team may make in the current window.</summary>
    public long? LimitRequests { get; init; }

    /// <summary>How many of them are left.</summary>
    public long? RemainingRequests { get; init; }

    /// <summary>How many tokens the team may use in the current window.</summary>
    public long? LimitTokens { get; init; }

    /// <summary>How many of them are left.</summary>
    public long? RemainingTokens { get; init; }
}

/// <summary>What <c>DELETE /v1/responses/{id}</c> answers.</summary>
public sealed record DeleteResponseResult : WireObject
{
    /// <summary>The id of the deleted response.</summary>
    public string? Id { get; init; }

    /// <summary>Whether it is gone.</summary>
    public bool Deleted { get; init; }
}

/// <summary>One entry of <c>GET /v1/models</c>.</summary>
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

    /// <summary>How many tokens fit into its context.</summary>
    public long? ContextLength { get; init; }
}

/// <summary>What <c>GET /v1/models</c> answers.</summary>
public sealed record ListModelsResult : WireObject
{
    /// <summary>The models.</summary>
    public IReadOnlyList<GrokModel>? Data { get; init; }
}
