using Microsoft.Extensions.AI;

namespace Web.Endpoints;

/// <summary>Reads uploaded images and writes images of messages.</summary>
internal static class Images
{
    /// <summary>Converts uploads to message contents. The first bytes of an image determine its type.</summary>
    /// <exception cref="ProblemException">There are too many images, or one is too large or not an image.</exception>
    public static IEnumerable<AIContent> Read(IReadOnlyList<ImageUpload?>? uploads, WebSettings settings)
    {
        if (uploads is not { Count: > 0 })
        {
            return [];
        }

        return uploads.Count <= settings.MaxImages
            ? uploads.Select(upload => Read(upload?.Data ?? [], settings)).ToList()
            : throw new ProblemException(Problems.BadRequest("too-many-images", "There are too many images.", $"Send at most {settings.MaxImages}."));
    }

    /// <summary>Writes an image of a message.</summary>
    public static IResult Write(IEnumerable<ChatMessage> messages, int message, int image) =>
        message >= 0 && image >= 0 && messages.ElementAtOrDefault(message) is { } found && ConversationReader.Images(found).ElementAtOrDefault(image) is { } data
            ? TypedResults.Bytes(data.Data, data.MediaType is "image/png" or "image/jpeg" ? data.MediaType : "application/octet-stream")
            : throw new ProblemException(Problems.Unknown);

    private static DataContent Read(byte[] bytes, WebSettings settings)
    {
        if (bytes.Length > settings.MaxImageBytes)
        {
            throw new ProblemException(new(413, "image-too-large", "An image is too large.", $"Send images of at most {settings.MaxImageBytes >> 20} MiB."));
        }

        return bytes switch
        {
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, ..] => new DataContent(bytes, "image/png"),
            [0xFF, 0xD8, 0xFF, ..] => new DataContent(bytes, "image/jpeg"),
            _ => throw new ProblemException(new(415, "no-image", "The file is neither a PNG nor a JPEG image.", "Convert it.")),
        };
    }
}
