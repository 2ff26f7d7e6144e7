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

        // The service rejects a data URI whose type is not one of these; the bytes decide what the type is, and not what is declared.
        var type = ImageTypes.Accepted(bytes) ?? throw Wrong($"{ImageTypes.Describe(bytes)} (declared as {image.MediaType}); xAI takes {ImageTypes.Names}. Convert it first");
        return new InputImagePart { Inline = new(type, image.Data), Detail = Detail(image) };
    }

    public static InputImagePart ToPart(UriContent image)
    {
        if (!image.Uri.IsAbsoluteUri)
        {
            throw Wrong("has a relative address; xAI fetches https addresses. Pass a local file's bytes as DataContent");
        }

        if (image.Uri.Scheme == "data")
        {
            return ToPart(Data(image));
        }

        if (image.Uri.Scheme is not ("https" or "http"))
        {
            throw Wrong($"has an address of the scheme '{image.Uri.Scheme}'; xAI fetches https addresses. Pass a local file's bytes as DataContent");
        }

        if (image.MediaType.ToLowerInvariant() is not ("image/*" or "image/jpeg" or "image/jpg" or "image/png" or "image/webp"))
        {
            throw Wrong($"is declared as {image.MediaType}; xAI takes {ImageTypes.Names}");
        }

        return new InputImagePart { ImageUrl = image.Uri.AbsoluteUri, Detail = Detail(image) };
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
        return new DataContent(bytes, ImageTypes.Accepted(bytes) ?? "image/jpeg");
    }

    /// <summary>The image of a data URI, with its properties.</summary>
    private static DataContent Data(UriContent image)
    {
        try
        {
            return new DataContent(image.Uri.OriginalString) { AdditionalProperties = image.AdditionalProperties };
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw Wrong("has a data URI that cannot be read");
        }
    }

    private static string? Detail(AIContent image) => image.AdditionalProperties.GetText(GrokKeys.Content.ImageDetail) switch
    {
        var detail and (null or "auto" or "low" or "high") => detail,
        _ => throw Wrong($"asks for a detail that is none of auto, low and high (AdditionalProperties[\"{GrokKeys.Content.ImageDetail}\"])"),
    };

    // Images are part of the messages; the exception names that parameter.
    private static ArgumentException Wrong(string why, string? messages = null) => new($"An image {why}.", nameof(messages));
}
