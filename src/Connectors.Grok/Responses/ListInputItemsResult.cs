namespace Connectors.Grok.Responses;

/// <summary>One page of <c>GET /v1/responses/{id}/input_items</c>.</summary>
public sealed record ListInputItemsResult : WireObject
{
    /// <summary>The items; each has an id.</summary>
    public IReadOnlyList<ResponseItem>? Data { get; init; }

    /// <summary>The id of the first item of the page.</summary>
    public string? FirstId { get; init; }

    /// <summary>The id of the last item of the page, after which the next one begins.</summary>
    public string? LastId { get; init; }

    /// <summary>Whether there are more items.</summary>
    public bool? HasMore { get; init; }
}
