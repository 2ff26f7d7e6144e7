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
        FileData = file.Base64Data.ToString(),
        // The service needs a name; without one, the extension of the type tells how to read the file.
        Filename = string.IsNullOrWhiteSpace(file.Name) ? $"file.{Extension(file.MediaType)}" : file.Name,
        MimeType = file.MediaType,
    };

    private static string Extension(string mediaType) => mediaType switch
    {
        "text/plain" => "txt",
        "text/markdown" => "md",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        _ => mediaType[(mediaType.LastIndexOfAny(['/', '+', '.', '-']) + 1)..],
    };
}
