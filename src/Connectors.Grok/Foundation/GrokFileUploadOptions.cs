namespace Connectors.Grok;

/// <summary>How a file is uploaded by a <see cref="GrokFileClient"/>.</summary>
public sealed class GrokFileUploadOptions
{
    /// <summary>How long the service keeps the file.</summary>
    /// <value>Null, the default: until it is deleted. Otherwise one hour to 30 days, in whole seconds.</value>
    public TimeSpan? ExpiresAfter { get; set; }

    /// <summary>The purpose of the file, which the service accepts and ignores.</summary>
    /// <value>Default null: none is sent.</value>
    public string? Purpose { get; set; }

    /// <summary>Receives the number of bytes sent so far, after each piece of at most 64 KiB. A retried upload begins at 0 again.</summary>
    /// <value>Default null: nobody is told.</value>
    public IProgress<GrokUploadProgress>? Progress { get; set; }
}

/// <summary>How much of a file is sent.</summary>
/// <param name="SentBytes">The number of bytes sent so far.</param>
/// <param name="TotalBytes">The size of the file; null when its stream does not tell.</param>
public sealed record GrokUploadProgress(long SentBytes, long? TotalBytes);

/// <summary>Which files a <see cref="GrokFileClient"/> lists, and in which order.</summary>
public sealed class GrokFileListOptions
{
    /// <summary>An expression that the files match, in the syntax of xAI's API (AIP-160), such as <c>content_type = "pdf"</c>.</summary>
    /// <value>Default null: all files.</value>
    public string? Filter { get; set; }

    /// <summary>What the files are sorted by: <c>created_at</c>, <c>filename</c> or <c>size</c>.</summary>
    /// <value>Default <c>created_at</c>.</value>
    public string SortBy { get; set; } = "created_at";

    /// <summary>Whether the largest value comes first, such as the newest file.</summary>
    /// <value>Default true.</value>
    public bool Descending { get; set; } = true;

    /// <summary>The number of files per request.</summary>
    /// <value>Default 100, the largest; at least 1.</value>
    public int PageSize { get; set; } = 100;
}
