using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>Parts of messages that have no content type ⇄ plain contents. The part is kept as text, so that it survives JSON.</summary>
internal static class UnknownPartMapper
{
    public static AIContent ToContent(ResponsePart part) => new()
    {
        RawRepresentation = part,
        AdditionalProperties = new() { [GrokKeys.Content.Part] = WireText.FromPart(part) },
    };

    /// <summary>The part that a content stands for, or null when it stands for none.</summary>
    public static ResponsePart? ToPart(AIContent content) =>
        content.RawRepresentation as ResponsePart ?? (content.AdditionalProperties.GetText(GrokKeys.Content.Part) is { } text ? WireText.ToPart(text) : null);
}
