namespace Connectors.Grok.Emulator.Rules;

/// <summary>
/// The variants of an input item, in the order in which the service tries them. The service takes the first variant whose required members
/// have the right JSON types; most variants do not compare the type (docs/wire.md#input-items).
/// </summary>
internal enum ItemVariant
{
    Message,
    OutputMessage,
    FunctionCall,
    Reasoning,
    WebSearchCall,
    FileSearchCall,
    CodeInterpreterCall,
    McpCall,
    CustomToolCall,
    ShellCall,
    ImageGenerationCall,
    ToolSearchCall,
    ToolSearchOutput,
    FunctionCallOutput,
    ShellCallOutput,
    Compaction,
}
