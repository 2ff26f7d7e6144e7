using Microsoft.Extensions.AI;

namespace Web;

/// <summary>The sources that an answer names.</summary>
internal static class Citations
{
    /// <summary>The sources, each once; addresses of the web only, since they become links.</summary>
    public static IReadOnlyList<CitationView> Of(IEnumerable<AIContent> contents) =>
    [
        .. contents.SelectMany(static c => c.Annotations ?? []).OfType<CitationAnnotation>()
            .Where(static c => c.Url is { IsAbsoluteUri: true, Scheme: "http" or "https" })
            .Select(static c => new CitationView(c.Url!.AbsoluteUri, TitleOf(c)))
            .DistinctBy(static c => c.Url),
    ];

    // xAI's titles are often no more than a number.
    private static string TitleOf(CitationAnnotation citation) =>
        citation.Title is { Length: > 0 } title && !title.All(char.IsAsciiDigit) ? title : $"{citation.Url!.Host}{citation.Url.AbsolutePath.TrimEnd('/')}";
}
