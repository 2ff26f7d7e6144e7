using System.Globalization;
using System.Net.Mime;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Reads the multipart form of an upload (docs/wire.md#files). Fields must precede the file part.</summary>
internal static class UploadReader
{
    public const int MaxBytes = 50 * 1024 * 1024;
    public const long MinSeconds = 3_600;
    public const long MaxSeconds = 2_592_000;

    private const int MaxNameLength = 255;
    private const int MaxFieldBytes = 4_096;

    /// <summary>Creates the error for a body that is not declared as a multipart form.</summary>
    public static ApiException NotMultipart() => new(StatusCodes.Status415UnsupportedMediaType, code: null, "Expected request with `Content-Type: multipart/form-data`");

    public static async Task<Upload> ReadAsync(string? contentType, byte[] body, CancellationToken cancellationToken)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type) || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 } boundary)
        {
            throw NotMultipart();
        }

        try
        {
            using var stream = new MemoryStream(body);
            return await ReadAsync(new MultipartReader(boundary.ToString(), stream), cancellationToken);
        }
        catch (Exception malformed) when (malformed is IOException or InvalidDataException)
        {
            // An IOException would count as a client that disconnected.
            throw ApiException.InvalidArgument($"Invalid multipart form: {malformed.Message}");
        }
    }

    /// <summary>Reads a number of seconds for which a file or a public URL is valid.</summary>
    public static long ReadSeconds(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= MinSeconds and <= MaxSeconds
            ? seconds
            : throw ApiException.InvalidArgument($"expires_after must be between {MinSeconds} and {MaxSeconds} seconds, but it is {text}.");

    private static async Task<Upload> ReadAsync(MultipartReader reader, CancellationToken cancellationToken)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        Upload? upload = null;
        while (await reader.ReadNextSectionAsync(cancellationToken) is { } section)
        {
            var disposition = section.GetContentDispositionHeader();
            var name = HeaderUtilities.RemoveQuotes(disposition?.Name ?? default).Value ?? "";
            if (upload is not null)
            {
                throw ApiException.InvalidArgument(name == "file" ? "Only one file part is allowed." : $"The field {name} must precede the file part.");
            }

            var bytes = await ReadBytesAsync(section.Body, name, cancellationToken);
            if (name == "file")
            {
                upload = new Upload(ReadName(disposition!), section.ContentType ?? MediaTypeNames.Application.Octet, bytes, ReadExpiry(fields));
            }
            else
            {
                fields[name] = System.Text.Encoding.UTF8.GetString(bytes);
            }
        }

        return upload ?? throw ApiException.InvalidArgument("The multipart form has no file part.");
    }

    private static async Task<byte[]> ReadBytesAsync(Stream part, string name, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        await part.CopyToAsync(buffer, cancellationToken);
        if (name != "file" && buffer.Length > MaxFieldBytes)
        {
            throw ApiException.InvalidArgument($"The field {name} is too long.");
        }

        return buffer.Length <= MaxBytes
            ? buffer.ToArray()
            : throw new ApiException(StatusCodes.Status413PayloadTooLarge, "invalid-argument", $"The file has {buffer.Length} bytes; the maximum is {MaxBytes}.");
    }

    private static string ReadName(ContentDispositionHeaderValue disposition)
    {
        var name = HeaderUtilities.RemoveQuotes(disposition.FileNameStar).Value ?? HeaderUtilities.RemoveQuotes(disposition.FileName).Value ?? "";
        if (name.Length == 0)
        {
            throw ApiException.InvalidArgument("The file part must have a filename.");
        }

        return name.Length <= MaxNameLength && !name.Any(character => char.IsControl(character) || character is '/' or '\\')
            ? name
            : throw ApiException.InvalidArgument($"Invalid filename: it must have 1 to {MaxNameLength} characters, and no path.");
    }

    // Either a number, or the two fields of an anchor and a number.
    private static long? ReadExpiry(Dictionary<string, string> fields)
    {
        if (fields.GetValueOrDefault("expires_after[anchor]") is { } anchor && anchor != "created_at")
        {
            throw ApiException.InvalidArgument($"expires_after[anchor] must be created_at, but it is {anchor}.");
        }

        return (fields.GetValueOrDefault("expires_after") ?? fields.GetValueOrDefault("expires_after[seconds]")) is { } seconds ? ReadSeconds(seconds) : null;
    }
}
