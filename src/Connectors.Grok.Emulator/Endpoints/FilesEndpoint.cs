using System.Net.Mime;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Http;
using Connectors.Grok.Emulator.Rules;
using Connectors.Grok.Emulator.State;
using Connectors.Grok.Emulator.Turns;
using Connectors.Grok.Emulator.Wire;

namespace Connectors.Grok.Emulator.Endpoints;

/// <summary>The endpoints that upload, list, return, publish and delete files (docs/wire.md#files).</summary>
internal sealed class FilesEndpoint(GrokEmulatorOptions options, FileStore files, CredentialCheck credentials)
{
    /// <summary>The folder of public URLs. The service has a host of its own for them.</summary>
    public const string PublicFolder = "files-cdn";

    private const int MaxPublicUrls = 1_000;

    public async Task UploadAsync(HttpContext http, byte[] body, CancellationToken cancellationToken)
    {
        credentials.Check(http.Request);
        var upload = await UploadReader.ReadAsync(http.Request.ContentType, body, cancellationToken);
        var now = files.Now;
        var file = new UploadedFile($"file_{options.NewId():D}", upload.Name, upload.ContentType, new FileContent(upload.Bytes), now, now + upload.ExpiresAfter);
        if (!files.TrySave(file))
        {
            throw new ApiException(StatusCodes.Status507InsufficientStorage, "emulator-files", $"All files of this emulator together have at most {options.MaxStoredBytes} bytes (MaxStoredBytes). Delete some.");
        }

        await AnswerWriter.WriteJsonAsync(http, FileWriter.ToJson(file, publicUrl: null));
    }

    public Task ListAsync(HttpContext http)
    {
        credentials.Check(http.Request);
        var page = FileQuery.Select(files.All, http.Request.Query);
        return AnswerWriter.WriteJsonAsync(http, FileWriter.ListToJson(page, file => UrlOf(http, file)));
    }

    public Task GetAsync(HttpContext http, string id)
    {
        var file = Find(http, id);
        return AnswerWriter.WriteJsonAsync(http, FileWriter.ToJson(file, UrlOf(http, file)));
    }

    public Task GetContentAsync(HttpContext http, string id)
    {
        var file = Find(http, id);
        var bytes = http.Request.Query["format"].ToString() switch
        {
            "" or "original" => file.Content.Bytes,
            "text" => Encoding.UTF8.GetBytes(file.Content.Text ?? ""),
            var unknown => throw ApiException.InvalidArgument($"format must be original or text, but it is {unknown}."),
        };
        return AnswerWriter.WriteAsync(http, bytes, MediaTypeNames.Application.Octet);
    }

    public Task DeleteAsync(HttpContext http, string id)
    {
        credentials.Check(http.Request);
        return files.Remove(id) ? AnswerWriter.WriteJsonAsync(http, FileWriter.DeletedToJson(id)) : throw ApiException.FileNotFound(id);
    }

    /// <summary>Creates the public URL of a file, or returns the existing one with a new expiry time. Without one of its own, it expires with the file.</summary>
    public Task PublishAsync(HttpContext http, string id, byte[] body)
    {
        var file = Find(http, id);
        var isPublishable = file.Content.IsPdf || file.ContentType.StartsWith("image/", StringComparison.OrdinalIgnoreCase) || file.ContentType.StartsWith("video/", StringComparison.OrdinalIgnoreCase);
        if (!isPublishable)
        {
            throw ApiException.InvalidArgument($"Public URLs are not supported for files with content type '{file.ContentType}'.");
        }

        if (file.Content.Bytes.Length == 0)
        {
            throw ApiException.InvalidArgument("An empty file cannot have a public URL.");
        }

        if (file.PublicToken is null && files.All.Count(other => other.PublicToken is not null) >= MaxPublicUrls)
        {
            throw new ApiException(StatusCodes.Status429TooManyRequests, "resource-exhausted", $"At most {MaxPublicUrls} public URLs can be active.");
        }

        var seconds = ReadExpiresAfter(body);
        if (files.Now + seconds > file.ExpiresAt)
        {
            throw ApiException.InvalidArgument("expires_after must not exceed the remaining lifetime of the file.");
        }

        file = file with
        {
            PublicToken = file.PublicToken ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            PublicExpiresAt = files.Now + seconds,
        };
        files.TrySave(file);
        return AnswerWriter.WriteJsonAsync(http, FileWriter.PublicUrlToJson(UrlOf(http, file)!, file.PublicExpiresAt ?? file.ExpiresAt));
    }

    /// <summary>Revokes the public URL of a file. A file without one is no error.</summary>
    public Task RevokeAsync(HttpContext http, string id)
    {
        var file = Find(http, id);
        var url = UrlOf(http, file);
        files.TrySave(file with { PublicToken = null, PublicExpiresAt = null });
        return AnswerWriter.WriteJsonAsync(http, FileWriter.RevokedToJson(id, url));
    }

    /// <summary>Returns a file by its public URL, without a key.</summary>
    public Task GetPublicAsync(HttpContext http, string token) => files.FindPublic(token) is { } file
        ? AnswerWriter.WriteAsync(http, file.Content.Bytes, file.ContentType)
        : AnswerWriter.WriteTextAsync(http, "", StatusCodes.Status404NotFound);

    private UploadedFile Find(HttpContext http, string id)
    {
        credentials.Check(http.Request);
        return files.Find(id) ?? throw ApiException.FileNotFound(id);
    }

    private static long? ReadExpiresAfter(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Member("expires_after") is { } seconds ? UploadReader.ReadSeconds(seconds.GetRawText()) : null;
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            throw ApiException.InvalidArgument("The body must be a JSON object.");
        }
    }

    private string? UrlOf(HttpContext http, UploadedFile file) => file.PublicToken is { } token && files.FindPublic(token) is not null
        ? $"{http.Request.Scheme}://{http.Request.Host}/{PublicFolder}/{token}/{Uri.EscapeDataString(file.Name)}"
        : null;
}
