using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// Calls of tools that the service ran by itself ⇄ contents. They become hosted content types, never function calls: a host that
/// invokes functions must not answer them. A call and its result are two contents. Only the result holds the wire item, as text, so
/// that it is resent once and unchanged, also after a round trip through JSON.
/// </summary>
internal static class HostedMapper
{
    public static IEnumerable<AIContent> ToContents(ResponseItem item)
    {
        var own = (item switch
        {
            CustomToolCallItem custom => custom.CallId,
            ToolSearchCallItem search => search.CallId,
            ToolSearchOutputItem loaded => loaded.CallId,
            _ => null,
        }) is { Length: > 0 } callId ? callId : item.Id;
        // Microsoft.Extensions.AI rejects a call without an id, and the whole answer would be lost.
        var id = string.IsNullOrWhiteSpace(own) ? item.Type : own;
        (AIContent? call, AIContent result) = item switch
        {
            WebSearchCallItem search => (Call(search, id), new WebSearchToolResultContent(id) { Outputs = Sources(search) }),
            CodeInterpreterCallItem code => (Call(code, id), new CodeInterpreterToolResultContent(id) { Outputs = Outputs(code) }),
            McpCallItem mcp => (Call(mcp, id), new McpServerToolResultContent(id) { Outputs = Outputs(mcp) }),
            ImageGenerationCallItem image => (new ImageGenerationToolCallContent(id), new ImageGenerationToolResultContent(id) { Outputs = Outputs(image) }),
            CustomToolCallItem x => Plain(id, x.Name, x.Input),
            XSearchCallItem x => Plain(id, x.Name ?? x.Type, x.Arguments),
            FileSearchCallItem file => Plain(id, file.Type, file.Queries is { } q ? string.Join('\n', q) : null),
            // The two items of a tool search are a content each.
            ToolSearchCallItem search => (null, Plain(id, "tool_search", search.Arguments?.ToString()).Call),
            ToolSearchOutputItem loaded => (null, new ToolResultContent(id)),
            _ => (null, new AIContent()),
        };
        if (call is not null)
        {
            yield return call;
        }

        result.RawRepresentation = item;
        (result.AdditionalProperties ??= [])[GrokKeys.Content.Item] = WireText.FromItem(WithoutImage(item, result));
        yield return result;
    }

    /// <summary>The item that a content holds, or null when it holds none.</summary>
    public static ResponseItem? ToItem(AIContent content)
    {
        if (content.RawRepresentation is ResponseItem raw)
        {
            return raw;
        }

        var item = content.AdditionalProperties.GetText(GrokKeys.Content.Item) is { } text ? WireText.ToItem(text) : null;
        return item is ImageGenerationCallItem { Result: null } made && content is ImageGenerationToolResultContent { Outputs: [DataContent image, ..] }
            ? made with { Result = image.Base64Data.ToString() }
            : item;
    }

    /// <summary>The item without its image where that is the result's own output: it is not kept twice. Anything but the output's exact base64 stays.</summary>
    private static ResponseItem WithoutImage(ResponseItem item, AIContent content) =>
        item is ImageGenerationCallItem { Result: { } text } made && content is ImageGenerationToolResultContent { Outputs: [DataContent image, ..] } && image.Base64Data.Span.SequenceEqual(text)
            ? made with { Result = null }
            : item;

    private static WebSearchToolCallContent Call(WebSearchCallItem search, string id) => new(id)
    {
        Queries = search.Action?.Query is { Length: > 0 } query ? [query] : null,
    };

    private static List<AIContent> Sources(WebSearchCallItem search) =>
    [
        .. (search.Action?.Sources ?? []).Append(search.Action?.Source).Select(static s => s?.Url).Append(search.Action?.Url)
            .Select(static url => Uri.TryCreate(url, UriKind.Absolute, out var at) ? new UriContent(at, "text/html") : null).OfType<AIContent>(),
    ];

    private static CodeInterpreterToolCallContent Call(CodeInterpreterCallItem code, string id) => new(id)
    {
        Inputs = code.Code is { } text ? [new DataContent(System.Text.Encoding.UTF8.GetBytes(text), "text/x-python")] : null,
    };

    private static List<AIContent> Outputs(CodeInterpreterCallItem code) =>
    [
        .. (code.Outputs ?? []).SelectMany(static IEnumerable<AIContent> (o) => o switch
        {
            { Logs: { } logs } => CodeLogsMapper.ToContents(logs),
            { Url: { } url } when Uri.TryCreate(url, UriKind.Absolute, out var at) => [new UriContent(at, "image/*")],
            _ => [],
        }),
    ];

    private static McpServerToolCallContent Call(McpCallItem mcp, string id) => new(id, string.IsNullOrWhiteSpace(mcp.Name) ? mcp.Type : mcp.Name, mcp.ServerLabel)
    {
        Arguments = FunctionMapper.Arguments(mcp.Arguments),
    };

    private static List<AIContent> Outputs(McpCallItem mcp) =>
        mcp.Error is { Length: > 0 } error ? [new ErrorContent(error)] : mcp.Output is { } output ? [new TextContent(output)] : [];

    private static List<AIContent> Outputs(ImageGenerationCallItem image) => ImageMapper.ToContent(image.Result) is { } made ? [made]
        : Uri.TryCreate(image.Result, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp) ? [new UriContent(address, "image/*")]
        : [];

    /// <summary>The contents of a call that Microsoft.Extensions.AI has no type for: a plain call with the name and the input as properties, and a plain result.</summary>
    private static (AIContent Call, AIContent Result) Plain(string id, string? name, string? input)
    {
        var call = new ToolCallContent(id) { AdditionalProperties = new() { [GrokKeys.Content.ToolName] = name, [GrokKeys.Content.ToolInput] = input } };
        return (call, new ToolResultContent(id));
    }
}
