namespace Connectors.Grok.Transport.Http;

/// <summary>A file to upload, checked.</summary>
/// <param name="Content">Its bytes, from the current position on; the caller's to dispose.</param>
/// <param name="Length">The number of bytes; null when the stream does not tell.</param>
/// <param name="Name">Its name.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Fields">The other fields of the form, in order.</param>
/// <param name="MaxLength">The most bytes that are sent.</param>
/// <param name="Progress">Told after each piece; null for nobody.</param>
internal sealed record UploadedFile(
    Stream Content, long? Length, string Name, string MediaType, IReadOnlyList<(string Name, string Value)> Fields, long MaxLength, IProgress<GrokUploadProgress>? Progress)
{
    /// <summary>The largest file that xAI accepts, by its guide: 48 MiB. Its schema says 50 MB.</summary>
    public const long MaxBytes = 48L * 1024 * 1024;

    /// <summary>Creates the exception for a file that is too large.</summary>
    /// <param name="length">Its size; null when only more than the limit is known.</param>
    /// <param name="content">Names the caller's parameter.</param>
    public ArgumentException TooLarge(long? length, string? content = null) => new(
        $"The file '{Name}' has {(length is { } bytes ? $"{bytes / 1024.0 / 1024.0:0.0}" : "more than " + (MaxLength / 1024 / 1024))} MiB; xAI takes at most {MaxLength / 1024 / 1024} MiB. Split it, or upload less of it.", nameof(content));

    /// <summary>The name of the file, without its content.</summary>
    public override string ToString() => nameof(UploadedFile);
}
