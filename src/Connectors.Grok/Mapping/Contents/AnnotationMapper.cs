using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Annotations of output text → citations.</summary>
internal static class AnnotationMapper
{
    /// <param name="annotations">The annotations, or null.</param>
    /// <param name="text">The text that their indexes refer to.</param>
    public static IList<AIAnnotation>? ToAnnotations(IReadOnlyList<ResponseAnnotation>? annotations, string text)
    {
        if (annotations is not { Count: > 0 })
        {
            return null;
        }

        var pairs = Pairs(text);
        return [.. annotations.Select(a => ToAnnotation(a, text, pairs))];
    }

    private static AIAnnotation ToAnnotation(ResponseAnnotation annotation, string text, List<int> pairs)
    {
        if (annotation is not UrlCitationAnnotation citation)
        {
            return new AIAnnotation { RawRepresentation = annotation };
        }

        var isPlaced = citation is { StartIndex: { } start, EndIndex: { } end } && end > start && start >= 0;
        return new CitationAnnotation
        {
            Url = Uri.TryCreate(citation.Url, UriKind.Absolute, out var url) ? url : null,
            Title = citation.Title,
            AnnotatedRegions = isPlaced
                ? [new TextSpanAnnotatedRegion { StartIndex = Utf16(citation.StartIndex!.Value), EndIndex = Utf16(citation.EndIndex!.Value) }]
                : null,
            RawRepresentation = annotation,
        };

        int Utf16(int codePoints)
        {
            var before = pairs.BinarySearch(codePoints);
            return (int)Math.Min((long)codePoints + (before < 0 ? ~before : before), text.Length);
        }
    }

    /// <summary>
    /// The positions, in code points, of the characters of a text that take two UTF-16 units. The service counts code points and .NET counts UTF-16
    /// units. Computed once for all annotations of a text, which may be many.
    /// </summary>
    private static List<int> Pairs(string text)
    {
        var pairs = new List<int>();
        for (var index = NextPair(text, 0); index >= 0; index = NextPair(text, index + 2))
        {
            pairs.Add(index - pairs.Count);
        }

        return pairs;
    }

    private static int NextPair(string text, int from) =>
        from < text.Length && text.AsSpan(from, text.Length - 1 - from).IndexOfAnyInRange('\uD800', '\uDBFF') is var at and >= 0 ? from + at : -1;
}
