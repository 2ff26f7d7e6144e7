using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Maps one output item to its contents, for streams and for whole answers.</summary>
internal static class ItemMapper
{
    /// <param name="item">The item, finished.</param>
    /// <param name="origin">The model that it came from.</param>
    /// <param name="isCut">Whether the response is incomplete, so that a call may be cut off.</param>
    public static IEnumerable<AIContent> ToContents(ResponseItem item, ReasoningOrigin origin, bool isCut) => item switch
    {
        MessageItem message => (message.Content ?? []).Select(ToContent).OfType<AIContent>(),
        ReasoningItem reasoning => ReasoningMapper.ToContents(reasoning, origin),
        FunctionCallItem call => [FunctionMapper.ToContent(call, isCut && !FunctionMapper.IsWhole(call))],
        _ => HostedMapper.ToContents(item),
    };

    /// <summary>Maps one part of a message.</summary>
    public static AIContent? ToContent(ResponsePart part) => part switch
    {
        OutputTextPart { Text: null or "", Annotations: null or { Count: 0 } } => null,
        OutputTextPart text => new TextContent(text.Text) { Annotations = AnnotationMapper.ToAnnotations(text.Annotations, text.Text ?? "") },
        InputTextPart text => new TextContent(text.Text),
        RefusalPart refusal => RefusalMapper.ToContent(refusal),
        _ => UnknownPartMapper.ToContent(part),
    };
}
