using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Catalog;

/// <summary>Counts the tokens of tool definitions in the prompt. Of a deferred definition only its name is there; a tool search adds the definition as an item.</summary>
internal static class ToolTokens
{
    public static int Count(IReadOnlyList<Tool> tools) => tools.Sum(tool => tool switch
    {
        { IsDeferred: true } => TokenCounter.Count(tool.Key ?? ""),
        { IsFunction: true } => TokenCounter.Count(tool.Name!) + TokenCounter.Count(tool.Description ?? "") + TokenCounter.Count(tool.Parameters!.Value.GetRawText()),
        _ => 0,
    });
}
