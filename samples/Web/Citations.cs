using Microsoft.Extensions.AI;

namespace Web;

/// <summary>The cited sources of an answer.</summary>
internal static class Citations
{
    /// <summary>Returns the distinct sources with http or https addresses, because the page shows them as links.</summary>
    public static IReadOnlyList<CitationView> FromContents(IEnumerable<AIContent> contents) =>
    [
        .. contents.SelectMany(static c => c.Annotations ?? []).OfType<CitationAnnotation>()
            .Where(static c => c.Url is { IsAbsoluteUri: true, Scheme: "http" or "https" })
            .Select(static c => new CitationView(c.Url!.AbsoluteUri, GetTitle(c)))
            .DistinctBy(static c => c.Url),
    ];

    // The titles of xAI are often only a number.
    private static string GetTitle(CitationAnnotation citation) =>
        citation.Title is { Length: > 0 } title && !title.All(char.IsAsciiDigit) ? title : $"{citation.Url!.Host}{citation.Url.AbsolutePath.TrimEnd('/')}";
}
