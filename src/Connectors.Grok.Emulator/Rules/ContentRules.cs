using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Checks the contents of messages, and images (docs/wire.md#input-items).</summary>
internal static class ContentRules
{
    private const int MaxBytes = 20 * 1024 * 1024;
    private const int MinPixels = 8;

    private static readonly string[] ImageTypes = ["image/jpeg", "image/png", "image/webp"];

    public static ApiException EmptyMessage => ApiException.InvalidArgument("Each message must have at least one content element.");

    public static void Check(IReadOnlyList<Item> input, GrokEmulatorOptions options)
    {
        if (input.Count == 0)
        {
            throw EmptyMessage;
        }

        foreach (var item in input)
        {
            if (item is MessageItem { Parts.Count: 0 })
            {
                throw EmptyMessage;
            }

            foreach (var part in PartsOf(item))
            {
                Check(part, options);
            }
        }
    }

    public static IReadOnlyList<Part> PartsOf(Item item) => item switch
    {
        MessageItem message => message.Parts,
        FunctionCallOutputItem output => output.Output,
        _ => [],
    };

    private static void Check(Part part, GrokEmulatorOptions options)
    {
        if (part is EmptyPart)
        {
            throw ApiException.InvalidArgument("Empty content block");
        }

        if (part is ImagePart image)
        {
            CheckImage(image, options);
        }
    }

    private static void CheckImage(ImagePart image, GrokEmulatorOptions options)
    {
        if (!image.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
        {
            if (!Uri.TryCreate(image.Url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                throw Unprocessable("");
            }

            return;
        }

        if (!ImageTypes.Contains(image.MediaType) || (options.RejectWebP && image.MediaType == ImageTypes[^1]))
        {
            throw Unprocessable("");
        }

        var data = image.Data ?? throw Unprocessable("");
        if (data.Bytes > MaxBytes)
        {
            throw Unprocessable($": it has {data.Bytes} bytes, the maximum is {MaxBytes}.");
        }

        if (data.Width < MinPixels || data.Height < MinPixels)
        {
            throw Unprocessable($": it is {data.Width}x{data.Height} pixels, the minimum is {MinPixels}x{MinPixels}.");
        }
    }

    private static ApiException Unprocessable(string detail) => new(400, "invalid_image", $"Could not process image{detail}");
}
