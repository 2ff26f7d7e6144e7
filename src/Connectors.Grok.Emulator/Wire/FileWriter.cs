using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes uploaded files (docs/wire.md#files).</summary>
internal static class FileWriter
{
    public static byte[] ToJson(UploadedFile file, string? publicUrl) => Json.Write(writer => Write(writer, file, publicUrl));

    /// <summary>Writes a page of files. The token is always present, except on a page without files.</summary>
    public static byte[] ListToJson(IReadOnlyList<UploadedFile> page, Func<UploadedFile, string?> publicUrl) => Json.WriteObject(writer =>
    {
        writer.WriteStartArray("data");
        foreach (var file in page)
        {
            Write(writer, file, publicUrl(file));
        }

        writer.WriteEndArray();
        if (page.Count > 0)
        {
            writer.WriteString("pagination_token", page[^1].Id);
        }
    });

    public static byte[] DeletedToJson(string id) => Json.WriteObject(writer =>
    {
        writer.WriteString("id", id);
        writer.WriteString("object", "file");
        writer.WriteBoolean("deleted", true);
    });

    public static byte[] PublicUrlToJson(string url, long? expiresAt) => Json.WriteObject(writer =>
    {
        writer.WriteString("public_url", url);
        if (expiresAt is not null)
        {
            writer.WriteNumberOrNull("expires_at", expiresAt);
        }
    });

    public static byte[] RevokedToJson(string id, string? url) => Json.WriteObject(writer =>
    {
        writer.WriteString("id", id);
        writer.WriteBoolean("revoked", url is not null);
        if (url is not null)
        {
            writer.WriteString("public_url", url);
        }
    });

    private static void Write(Utf8JsonWriter writer, UploadedFile file, string? publicUrl)
    {
        writer.WriteStartObject();
        writer.WriteString("id", file.Id);
        writer.WriteString("object", "file");
        writer.WriteNumber("bytes", file.Content.Bytes.LongLength);
        writer.WriteNumber("created_at", file.CreatedAt);
        writer.WriteNumberOrNull("expires_at", file.ExpiresAt);
        writer.WriteString("filename", file.Name);

        // The purpose of the upload is ignored, and the service sends an empty one.
        writer.WriteString("purpose", "");
        if (publicUrl is not null)
        {
            writer.WriteString("public_url", publicUrl);

            // Only when the URL has an expiry time of its own.
            if (file.PublicExpiresAt is not null)
            {
                writer.WriteNumberOrNull("public_url_expires_at", file.PublicExpiresAt);
            }
        }

        writer.WriteEndObject();
    }
}
