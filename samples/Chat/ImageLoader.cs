using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>Loads the images of <c>--image</c>. Validates them here, where the file name is known for messages.</summary>
internal static class ImageLoader
{
    private const long MaxBytes = 20L * 1024 * 1024;

    public static AIContent Load(string pathOrUrl)
    {
        if (Uri.TryCreate(pathOrUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
        {
            return new UriContent(url!, "image/*");
        }

        if (pathOrUrl.Contains("://", StringComparison.Ordinal))
        {
            throw new UserException($"The image {pathOrUrl} has an unsupported scheme. Use an https address or a local file.");
        }

        try
        {
            return Read(new FileInfo(pathOrUrl));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UserException($"The image {pathOrUrl} cannot be read: {e.Message}");
        }
    }

    private static DataContent Read(FileInfo file)
    {
        if (!file.Exists)
        {
            throw new UserException(Directory.Exists(file.FullName)
                ? $"The image {file} is a folder. Specify a file in it."
                : $"The image {file} does not exist. Check the path.");
        }

        if (file.Length > MaxBytes)
        {
            throw new UserException($"The image {file} is {file.Length / 1024.0 / 1024.0:0.0} MiB; xAI accepts at most 20 MiB. Resize it.");
        }

        var bytes = File.ReadAllBytes(file.FullName);
        return bytes switch
        {
            [0xFF, 0xD8, 0xFF, ..] => new DataContent(bytes, "image/jpeg"),
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => new DataContent(bytes, "image/png"),
            [] => throw new UserException($"The image {file} is empty. Use another file."),
            _ => throw new UserException($"The image {file} is neither JPEG nor PNG. Convert it."),
        };
    }
}
