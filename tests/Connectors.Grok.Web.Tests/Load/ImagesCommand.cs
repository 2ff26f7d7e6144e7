using System.Globalization;

namespace Connectors.Grok.Web.Tests.Load;

/// <summary>The command <c>images</c>: image messages, every second one refused by the service, to a node with a heap limit of 512 MiB. Prints its memory.</summary>
internal static class ImagesCommand
{
    private const long HeapLimit = 512L << 20;

    public static async Task<int> RunAsync(string[] arguments)
    {
        var messages = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 200;
        var images = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 4;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{messages} messages with {images} images of 4 MiB, heap limit {HeapLimit >> 20} MiB"));
        var result = await new ImagesRun(messages, images, ImageBytes: (4 << 20) - 64, HeapLimit).RunAsync(static line => Console.WriteLine(line));
        Console.WriteLine(result.Summary);
        return result.IsFlat && result.Failures == 0 ? 0 : 1;
    }
}
