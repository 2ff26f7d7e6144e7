using System.Globalization;
using System.Net.Http.Headers;
using Connectors.Grok.Transport.Http;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>A stream → a file to upload. Checks xAI's limits before anything is sent.</summary>
internal static class UploadMapper
{
    private static readonly TimeSpan ShortestLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(30);

    /// <exception cref="ArgumentException">The stream cannot be read, the file is too large, or a setting is wrong.</exception>
    public static UploadedFile ToFile(Stream content, string? mediaType, string? fileName, GrokFileUploadOptions? options)
    {
        ArgumentNullException.ThrowIfNull(content);
        if (!content.CanRead)
        {
            throw new ArgumentException("The stream cannot be read.", nameof(content));
        }

        if (mediaType is not null && !MediaTypeHeaderValue.TryParse(mediaType, out _))
        {
            throw new ArgumentException($"'{mediaType}' is not a media type.", nameof(mediaType));
        }

        // A path of the caller's machine is nobody else's business, and no name for the service.
        var given = Path.GetFileName(string.IsNullOrWhiteSpace(fileName) ? (content as FileStream)?.Name : fileName);
        var name = string.IsNullOrWhiteSpace(given) ? FileMapper.NameFor(mediaType ?? "application/octet-stream") : given;
        var length = content.CanSeek ? content.Length - content.Position : (long?)null;
        var file = new UploadedFile(content, length, name, mediaType ?? FileMapper.MediaTypeOf(name), [.. Fields(options)], UploadedFile.MaxBytes, options?.Progress);
        return length > file.MaxLength ? throw file.TooLarge(length)
            : length == 0 ? throw new ArgumentException($"The file '{name}' is empty. Is its stream at the end?", nameof(content))
            : file;
    }

    private static IEnumerable<(string Name, string Value)> Fields(GrokFileUploadOptions? options)
    {
        if (options?.ExpiresAfter is { } life)
        {
            yield return life >= ShortestLife && life <= LongestLife
                ? ("expires_after", ((long)life.TotalSeconds).ToString(CultureInfo.InvariantCulture))
                : throw new ArgumentException($"{nameof(GrokFileUploadOptions)}.{nameof(options.ExpiresAfter)} must be one hour to 30 days.", nameof(options));
        }

        if (!string.IsNullOrWhiteSpace(options?.Purpose))
        {
            yield return ("purpose", options.Purpose);
        }
    }
}
