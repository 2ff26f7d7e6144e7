namespace Connectors.Grok.Responses;

/// <summary>The result of <c>GET /v1/me</c>: the user and the team of the key.</summary>
public sealed record GrokAccount : WireObject
{
    /// <summary>The id of the user.</summary>
    public string? UserId { get; init; }

    /// <summary>The id of the team.</summary>
    public string? TeamId { get; init; }

    /// <summary><c>no_zdr</c> or <c>zdr</c>: whether the team has zero data retention, so that no response can be stored.</summary>
    public string? ZdrStatus { get; init; }

    /// <summary>Whether the team is blocked.</summary>
    public bool? TeamBlocked { get; init; }

    /// <summary>The key; null when the request was not authorized by one.</summary>
    public AccountApiKey? ApiKey { get; init; }

    /// <summary>The OAuth client; null when the request was authorized by a key.</summary>
    public AccountOauth? Oauth { get; init; }
}

/// <summary>The key of a request.</summary>
public sealed record AccountApiKey : WireObject
{
    /// <summary>The key with most of its characters replaced.</summary>
    public string? RedactedApiKey { get; init; }

    /// <summary>The id of the key.</summary>
    public string? ApiKeyId { get; init; }

    /// <summary>Whether the key is blocked.</summary>
    public bool? Blocked { get; init; }

    /// <summary>Whether the key is disabled.</summary>
    public bool? Disabled { get; init; }
}

/// <summary>The OAuth client of a request.</summary>
public sealed record AccountOauth : WireObject
{
    /// <summary>The id of the client.</summary>
    public string? ClientId { get; init; }
}
