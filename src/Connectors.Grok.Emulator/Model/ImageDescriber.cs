using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Describes images by their headers. An image given by a web address is not fetched.</summary>
internal static class ImageDescriber
{
    public static string Describe(IReadOnlyList<ImagePart> images)
    {
        var lead = images.Count == 1 ? "I see 1 image: " : $"I see {images.Count} images: ";
        return lead + string.Join("; ", images.Select(Describe)) + ".";
    }

    private static string Describe(ImagePart image) => image.Data is { } data
        ? $"a {data.Kind} of {data.Width} x {data.Height} pixels ({data.Bytes} bytes, detail {image.Detail})"
        : $"one at {Host(image.Url)}, which this emulator does not fetch (detail {image.Detail})";

    private static string Host(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.Host : "an unknown host";
}
