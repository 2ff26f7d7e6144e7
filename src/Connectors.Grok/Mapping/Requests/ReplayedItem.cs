using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Mapping.Requests;

/// <summary>
/// Items of an answer as they are sent back. The service recognizes an item by the members that its kind requires, and takes an item that lacks one for
/// another kind: docs/wire.md#input-items. Members that an answer left out or sent as null are therefore sent empty.
/// </summary>
internal static class ReplayedItem
{
    /// <summary>Gets the item with all members that its kind requires.</summary>
    public static ResponseItem From(ResponseItem item) => item switch
    {
        FileSearchCallItem { Queries: null } or FileSearchCallItem { Results: null } => From((FileSearchCallItem)item),
        CodeInterpreterCallItem { Type: "code_interpreter_call", Outputs: null } code => code with { Outputs = [] },
        McpCallItem { Output: null } mcp => mcp with { Output = "" },
        ReasoningItem reasoning => ReasoningMapper.Sent(reasoning),
        _ => item,
    };

    private static FileSearchCallItem From(FileSearchCallItem item) => item with { Queries = item.Queries ?? [], Results = item.Results ?? [] };
}
