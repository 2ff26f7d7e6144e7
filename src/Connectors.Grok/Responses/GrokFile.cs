namespace Connectors.Grok.Responses;

/// <summary>A file that is stored by the service.</summary>
public sealed record GrokFile : WireObject
{
    /// <summary>The id, by which a request attaches the file.</summary>
    public string? Id { get; init; }

    /// <summary>The size in bytes.</summary>
    public long? Bytes { get; init; }

    /// <summary>When it was uploaded, in seconds since 1970.</summary>
    public long? CreatedAt { get; init; }

    /// <summary>When the service deletes it, in seconds since 1970; null for never.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>The name.</summary>
    public string? Filename { get; init; }

    /// <summary>The purpose, which the service ignores.</summary>
    public string? Purpose { get; init; }

    /// <summary>The public address; null when there is none.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Until when the public address is valid, in seconds since 1970; null for ever, or when there is none.</summary>
    public long? PublicUrlExpiresAt { get; init; }
}

/// <summary>One page of <c>GET /v1/files</c>.</summary>
public sealed record ListFilesResult : WireObject
{
    /// <summary>The files.</summary>
    public IReadOnlyList<GrokFile>? Data { get; init; }

    /// <summary>The token of the next page. The service sends one with the last page too.</summary>
    public string? PaginationToken { get; init; }
}

/// <summary>The result of <c>DELETE /v1/files/{id}</c>.</summary>
public sealed record DeleteFileResult : WireObject
{
    /// <summary>The id of the file.</summary>
    public string? Id { get; init; }

    /// <summary>Whether the file was deleted.</summary>
    public bool Deleted { get; init; }
}
