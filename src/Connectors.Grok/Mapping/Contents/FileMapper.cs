using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Files of requests: by id, by address, or as bytes with a name.</summary>
internal static class FileMapper
{
    public static InputFilePart ToPart(HostedFileContent file) => new() { FileId = file.FileId };

    public static InputFilePart ToPart(UriContent file) => file.Uri.IsAbsoluteUri
        ? new() { FileUrl = file.Uri.AbsoluteUri }
        : throw new ArgumentException("A file has a relative address. Pass a local file's bytes as DataContent.", nameof(file));

    public static InputFilePart ToPart(DataContent file) => new()
    {
        FileData = Convert.ToBase64String(file.Data.Span),
        // The service needs a name; without one, the extension of the type tells how to read the file.
        Filename = string.IsNullOrWhiteSpace(file.Name) ? NameFor(file.MediaType) : file.Name,
        MimeType = file.MediaType,
    };

    /// <summary>A name for a file that has none.</summary>
    public static string NameFor(string mediaType) => $"file.{Extension(mediaType)}";

    /// <summary>The media type that the extension of a name stands for; <c>application/octet-stream</c> for one that is not known.</summary>
    public static string MediaTypeOf(string name) => Path.GetExtension(name).ToUpperInvariant() switch
    {
        ".PDF" => "application/pdf",
        ".TXT" or ".LOG" => "text/plain",
        ".MD" => "text/markdown",
        ".CSV" => "text/csv",
        ".HTML" or ".HTM" => "text/html",
        ".JSON" => "application/json",
        ".XML" => "application/xml",
        ".DOCX" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".XLSX" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".PPTX" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ".PNG" => "image/png",
        ".JPG" or ".JPEG" => "image/jpeg",
        ".WEBP" => "image/webp",
        _ => "application/octet-stream",
    };

    /// <summary>The content for a stored file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mediaType">Its media type, which the service does not return.</param>
    /// <exception cref="GrokException">The answer has no id, so it is no file.</exception>
    public static HostedFileContent ToContent(GrokFile file, string? mediaType = null) => new(
        string.IsNullOrWhiteSpace(file.Id) ? throw new GrokException(GrokErrorKind.Server, "The service answered with a file without an id.") { IsTransient = false } : file.Id)
    {
        Name = string.IsNullOrEmpty(file.Filename) ? null : file.Filename,
        MediaType = mediaType ?? (string.IsNullOrEmpty(file.Filename) ? null : MediaTypeOf(file.Filename)),
        SizeInBytes = file.Bytes,
        CreatedAt = file.CreatedAt is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(file.CreatedAt.Value) : null,
        Purpose = string.IsNullOrEmpty(file.Purpose) ? null : file.Purpose,
        RawRepresentation = file,
    };

    private static string Extension(string mediaType) => mediaType switch
    {
        "text/plain" => "txt",
        "text/markdown" => "md",
        "application/octet-stream" => "bin",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        _ => mediaType[(mediaType.LastIndexOfAny(['/', '+', '.', '-']) + 1)..],
    };
}
