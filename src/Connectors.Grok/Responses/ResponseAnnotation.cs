using System.Text.Json;

namespace Connectors.Grok.Responses;

/// <summary>A note on a span of output text.</summary>
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

    /// <summary>Where the span begins, in code points of the text.</summary>
    public int? StartIndex { get; init; }

    /// <summary>Where the span ends, exclusive, in code points of the text.</summary>
    public int? EndIndex { get; init; }
}

/// <summary>An annotation of a type that this version of the library has no record for.</summary>
/// <param name="Tag">Its <c>type</c>; empty when it had none.</param>
/// <param name="Json">The whole annotation.</param>
public sealed record UnknownAnnotation(string Tag, JsonElement Json) : ResponseAnnotation
{
    /// <inheritdoc/>
    public override string Type => Tag;
}
