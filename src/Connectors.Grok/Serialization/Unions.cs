using Connectors.Grok.Responses;

namespace Connectors.Grok.Serialization;

/// <summary>The converters of the wire unions.</summary>
internal static class Unions
{
    public static readonly TaggedConverter<ResponseItem> Items = new(Tags.Items);
    public static readonly TaggedConverter<ResponsePart> Parts = new(Tags.Parts);
    public static readonly TaggedConverter<ResponseAnnotation> Annotations = new(Tags.Annotations);
    public static readonly TaggedConverter<ResponseEvent> Events = new(Tags.Events);
}
