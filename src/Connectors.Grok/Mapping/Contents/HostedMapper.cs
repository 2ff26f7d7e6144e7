using Connectors.Grok.Responses;
using Connectors.Grok.Serialization;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Contents;

/// <summary>
/// Calls of tools that the service ran by itself ⇄ contents. They become hosted content types, never function calls: a host that
/// invokes functions must not answer them. A call and its result are two contents; the wire item rides on the result alone, as text, so
/// that it goes back once and exactly, also after a round trip through JSON.
/// </summary>
internal static class HostedMapper
{
    public static IEnumerable<AIContent> ToContents(ResponseItem item)
    {
        var own = item is CustomToolCallItem { CallId.Length: > 0 } custom ? custom.CallId : item.Id;
        // Microsoft.Extensions.AI refuses a call without an id, and the answer would be lost over it.
        var id = string.IsNullOrWhiteSpace(own) ? item.Type : own;
        var (call, result) = item switch
        {
            WebSearchCallItem search => (Call(search, id), new WebSearchToolResultContent(id) { Outputs = Sources(search) }),
            CodeInterpreterCallItem code => (Call(code, id), new CodeInterpreterToolResultContent(id) { Outputs = Outputs(code) }),
            McpCallItem mcp => (Call(mcp, id), new McpServerToolResultContent(id) { Outputs = Outputs(mcp) }),
            ImageGenerationCallItem image => (new ImageGenerationToolCallContent(id), new ImageGenerationToolResultContent(id) { Outputs = Outputs(image) }),
            CustomToolCallItem x => Plain(id, x.Name, x.Input),
            XSearchCallItem x => Plain(id, x.Name ?? x.Type, x.Arguments),
            FileSearchCallItem file => Plain(id, file.Type, file.Queries is { } q ? string.Join('\n', q) : null),
            _ => ((AIContent?)null, new AIContent()),
        };
        if (call is not null)
        {
            yield return call;
        }

        result.RawRepresentation = item;
        result.AdditionalProperties = new() { [GrokKeys.Content.Item] = WireText.From(item is ImageGenerationCallItem made ? made with { Result = null } : item) };
        yield return result;
    }

    /// <summary>The item that rides on a content, or null when none does.</summary>
    public static ResponseItem? ToItem(AIContent content)
    {
        if (content.RawRepresentation is ResponseItem raw)
        {
            return raw;
        }

        var item = content.AdditionalProperties.GetText(GrokKeys.Content.Item) is { } text ? WireText.ToItem(text) : null;
        // The image is not kept twice: it is the result's own output.
        return item is ImageGenerationCallItem made && content is ImageGenerationToolResultContent { Outputs: [DataContent image, ..] }
            ? made with { Result = image.Base64Data.ToString() }
            : item;
    }

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
        .. (code.Outputs ?? []).Select(static AIContent? (o) => o switch
        {
            { Logs: { } logs } => new TextContent(logs),
            { Url: { } url } when Uri.TryCreate(url, UriKind.Absolute, out var at) => new UriContent(at, "image/*"),
            _ => null,
        }).OfType<AIContent>(),
    ];

    private static McpServerToolCallContent Call(McpCallItem mcp, string id) => new(id, string.IsNullOrWhiteSpace(mcp.Name) ? mcp.Type : mcp.Name, mcp.ServerLabel)
    {
        Arguments = FunctionMapper.Arguments(mcp.Arguments),
    };

    private static List<AIContent> Outputs(McpCallItem mcp) =>
        mcp.Error is { Length: > 0 } error ? [new ErrorContent(error)] : mcp.Output is { } output ? [new TextContent(output)] : [];

    private static List<AIContent> Outputs(ImageGenerationCallItem image) => ImageMapper.ToContent(image.Result) is { } made ? [made] : [];

    /// <summary>What Microsoft.Extensions.AI has no type for: a plain call with name and input beside it, and a plain result.</summary>
    private static (AIContent? Call, AIContent Result) Plain(string id, string? name, string? input)
    {
        var call = new ToolCallContent(id) { AdditionalProperties = new() { [GrokKeys.Content.ToolName] = name, [GrokKeys.Content.ToolInput] = input } };
        return (call, new ToolResultContent(id));
    }
}
