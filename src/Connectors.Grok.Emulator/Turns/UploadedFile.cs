namespace Connectors.Grok.Emulator.Turns;

/// <summary>An uploaded file (docs/wire.md#files). Times are Unix seconds; a file without an expiry time is kept until it is deleted.</summary>
internal sealed record UploadedFile(string Id, string Name, string ContentType, FileContent Content, long CreatedAt, long? ExpiresAt)
{
    /// <summary>The random part of the public URL; null when there is none.</summary>
    public string? PublicToken { get; init; }

    public long? PublicExpiresAt { get; init; }
}

/// <summary>The fields of an upload.</summary>
internal sealed record Upload(string Name, string ContentType, byte[] Bytes, long? ExpiresAfter);
