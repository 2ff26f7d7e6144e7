using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping;

/// <summary>Annotations of output text → citations.</summary>
internal static class AnnotationMapper
{
    /// <param name="annotations">The annotations, or null.</param>
    /// <param name="text">The text they count over.</param>
    public static IList<AIAnnotation>? ToAnnotations(IReadOnlyList<Annotation>? annotations, string text) =>
        annotations is { Count: > 0 } ? [.. annotations.Select(a => ToAnnotation(a, text))] : null;

    private static AIAnnotation ToAnnotation(Annotation annotation, string text)
    {
        if (annotation is not UrlCitation citation)
        {
            return new AIAnnotation { RawRepresentation = annotation };
        }

        var isPlaced = citation is { StartIndex: { } start, EndIndex: { } end } && end > start && start >= 0;
        return new CitationAnnotation
        {
            Url = Uri.TryCreate(citation.Url, UriKind.Absolute, out var url) ? url : null,
            Title = citation.Title,
            AnnotatedRegions = isPlaced
                ? [new TextSpanAnnotatedRegion { StartIndex = Utf16(text, citation.StartIndex!.Value), EndIndex = Utf16(text, citation.EndIndex!.Value) }]
                : null,
            RawRepresentation = annotation,
        };
    }

    /// <summary>The service counts code points, .NET counts UTF-16 units: they part at the first emoji.</summary>
    private static int Utf16(string text, int codePoints)
    {
        var index = 0;
        for (; codePoints > 0 && index < text.Length; codePoints--)
        {
            index += char.IsHighSurrogate(text[index]) && index + 1 < text.Length ? 2 : 1;
        }

        return index;
    }
}
