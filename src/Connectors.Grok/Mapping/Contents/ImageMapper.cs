using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Images of requests. Checks xAI's limits before anything is sent.</summary>
internal static class ImageMapper
{
    /// <summary>The largest image that xAI accepts, in bytes.</summary>
    private const int MostBytes = 20 * 1024 * 1024;

    public static InputImagePart ToPart(DataContent image)
    {
        var bytes = image.Data.Span;
        if (bytes.Length > MostBytes)
        {
            throw Wrong($"has {bytes.Length / 1024.0 / 1024.0:0.0} MiB; xAI takes at most 20 MiB. Make it smaller, or pass its https address");
        }

        // The service looks at the bytes and not at the declared type; so do we.
        if (!bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) && !IsPng(bytes))
        {
            throw Wrong($"is neither JPEG nor PNG (it says it is {image.MediaType}). Convert it first");
        }

        return Part(image.Uri, image);
    }

    public static InputImagePart ToPart(UriContent image)
    {
        if (!image.Uri.IsAbsoluteUri)
        {
            throw Wrong("has a relative address; xAI fetches https addresses. Pass a local file's bytes as DataContent");
        }

        if (image.Uri.Scheme is not ("https" or "http" or "data"))
        {
            throw Wrong($"has an address of the scheme '{image.Uri.Scheme}'; xAI fetches https addresses. Pass a local file's bytes as DataContent");
        }

        if (image.MediaType.ToLowerInvariant() is not ("image/*" or "image/jpeg" or "image/jpg" or "image/png"))
        {
            throw Wrong($"is said to be {image.MediaType}; xAI takes JPEG and PNG");
        }

        return Part(image.Uri.AbsoluteUri, image);
    }

    /// <summary>The image that the service made; null when the text is not one.</summary>
    public static DataContent? ToContent(string? base64)
    {
        // gRPC's form leaked once: a whole data URI where bare base64 belongs.
        var text = base64 is not null && base64.StartsWith("data:", StringComparison.Ordinal) ? base64[(base64.IndexOf(',', StringComparison.Ordinal) + 1)..] : base64;
        if (string.IsNullOrEmpty(text) || !System.Buffers.Text.Base64.IsValid(text))
        {
            return null;
        }

        var bytes = Convert.FromBase64String(text);
        return new DataContent(bytes, IsPng(bytes) ? "image/png" : "image/jpeg");
    }

    private static bool IsPng(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);

    private static InputImagePart Part(string url, AIContent image) => image.AdditionalProperties.GetText(GrokKeys.Content.ImageDetail) switch
    {
        null => new InputImagePart { ImageUrl = url },
        "auto" or "low" or "high" => new InputImagePart { ImageUrl = url, Detail = image.AdditionalProperties.GetText(GrokKeys.Content.ImageDetail) },
        _ => throw Wrong($"asks for a detail that is none of auto, low and high (AdditionalProperties[\"{GrokKeys.Content.ImageDetail}\"])"),
    };

    // Images are part of the messages; the exception names that parameter.
    private static ArgumentException Wrong(string why, string? messages = null) => new($"An image {why}.", nameof(messages));
}
