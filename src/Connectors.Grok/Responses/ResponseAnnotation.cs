using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>An annotation of a span of output text.</summary>
public abstract record ResponseAnnotation : TaggedObject;

/// <summary>The source of a span of text.</summary>
public sealed record UrlCitationAnnotation : ResponseAnnotation
{
    /// <inheritdoc/>
    public override string Type => "url_citation";

    /// <summary>A web page, a post on X, or <c>collections://…</c>.</summary>
    public string? Url { get; init; }

    /// <summary>The citation's visible number, or the page's title.</summary>
    public string? Title { get; init; }

    /// <summary>The start of the span, in code points of the text.</summary>
    public int? StartIndex { get; init; }

    /// <summary>The end of the span, exclusive, in code points of the text.</summary>
    public int? EndIndex { get; init; }
}

/// <summary>An annotation of a type unknown to this version of the library.</summary>
/// <param name="Tag">The <c>type</c> member; empty when it is missing.</param>
/// <param name="Json">The complete annotation.</param>
public sealed record UnknownAnnotation(string Tag, JsonElement Json) : ResponseAnnotation
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
