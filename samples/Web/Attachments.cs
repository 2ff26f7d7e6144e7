using Microsoft.Extensions.AI;

namespace Web;

/// <summary>Reads uploaded images and files.</summary>
internal static class Attachments
{
    private const int MaxName = 120;

    /// <summary>Returns the images of a message, in order.</summary>
    public static IEnumerable<DataContent> ImagesOf(ChatMessage? message) => message?.Contents.OfType<DataContent>().Where(static d => d.HasTopLevelMediaType("image")) ?? [];

    /// <summary>Returns the files of a message, in order.</summary>
    public static IEnumerable<DataContent> FilesOf(ChatMessage message) => message.Contents.OfType<DataContent>().Where(static d => !d.HasTopLevelMediaType("image"));

    /// <summary>The size of all attachments of messages.</summary>
    public static long BytesOf(IEnumerable<ChatMessage> messages) => messages.SelectMany(static m => m.Contents).OfType<DataContent>().Sum(static d => (long)d.Data.Length);

    /// <summary>The messages without attachments.</summary>
    public static IReadOnlyList<ChatMessage> Without(IEnumerable<ChatMessage> messages) => [.. messages.Select(static message =>
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Where(static c => c is not DataContent)];
        return copy;
    })];

    /// <summary>Converts uploads to message contents. The first bytes of each determine its type.</summary>
    /// <exception cref="ProblemException">There are too many, or one is too large or of another type.</exception>
    public static IEnumerable<AIContent> Read(MessageRequest request, WebSettings settings)
    {
        var (images, files) = (request.Images ?? [], request.Files ?? []);
        if (images.Count > settings.MaxImages)
        {
            throw new ProblemException(Problems.BadRequest("too-many-images", "There are too many images.", $"Send at most {settings.MaxImages}."));
        }

        if (files.Count > settings.MaxFiles)
        {
            throw new ProblemException(Problems.BadRequest("too-many-files", "There are too many files.", $"Send at most {settings.MaxFiles}."));
        }

        return [.. images.Select(upload => ReadImage(upload?.Data ?? [], settings)), .. files.Select(upload => ReadFile(upload, settings))];
    }

    private static DataContent ReadImage(byte[] bytes, WebSettings settings)
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

    private static DataContent ReadFile(FileUpload? upload, WebSettings settings)
    {
        var bytes = upload?.Data ?? [];
        if (bytes.Length > settings.MaxFileBytes)
        {
            throw new ProblemException(new(413, "file-too-large", "A file is too large.", $"Send files of at most {settings.MaxFileBytes >> 20} MiB."));
        }

        if (bytes is not [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..])
        {
            throw new ProblemException(new(415, "no-pdf", "The file is no PDF.", "Convert it."));
        }

        var name = Titles.Clean(upload?.Name ?? "");
        name = name.Length > MaxName ? name[..MaxName] : name;
        return new DataContent(bytes, "application/pdf") { Name = name.Length == 0 ? "file.pdf" : name.EndsWith(".pdf", StringComparison.OrdinalIgnoreCase) ? name : $"{name}.pdf" };
    }
}
