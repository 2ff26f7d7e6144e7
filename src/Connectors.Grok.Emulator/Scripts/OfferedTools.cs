using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Scripts;

/// <summary>Checks that a scripted reply calls only tools that the request offers. A model cannot call other tools.</summary>
internal static class OfferedTools
{
    /// <summary>Checks the calls of a reply.</summary>
    /// <exception cref="ApiException">The reply calls a function, an MCP server or a hosted tool that the request does not offer.</exception>
    public static void Check(Reply reply, IReadOnlyList<Tool> tools)
    {
        foreach (var item in reply.Output)
        {
            if (item is FunctionCallOutput call && !tools.Any(tool => tool.IsFunction && tool.Name == call.Name))
            {
                throw NotOffered($"the function '{call.Name}'", "functions", tools.Where(tool => tool.IsFunction));
            }

            if (item is McpOutput mcp && !tools.Any(tool => tool.Type == "mcp" && tool.Key == mcp.Server))
            {
                throw NotOffered($"the MCP server '{mcp.Server}'", "MCP servers", tools.Where(tool => tool.Type == "mcp"));
            }

            if (TypesOf(item) is { Length: > 0 } types && !tools.Any(tool => types.Contains(tool.Type)))
            {
                throw NotOffered($"the tool {types[0]}", "tools", tools);
            }
        }
    }

    /// <summary>The types of the tools that produce an item; empty when it needs no tool, or one that is compared by name.</summary>
    private static string[] TypesOf(OutputItem item) => item switch
    {
        WebSearchOutput => ["web_search"],
        XSearchOutput => ["x_search"],
        CodeOutput => ["code_interpreter", "code_execution"],
        FileSearchOutput => ["file_search", "collections_search"],
        ImageOutput => ["image_generation"],
        ShellOutput => ["shell"],
        ToolSearchCallOutput or ToolSearchOutput => ["tool_search"],
        _ => [],
    };

    private static ApiException NotOffered(string called, string kind, IEnumerable<Tool> offered)
    {
        var names = string.Join(", ", offered.Select(tool => $"'{tool.Key ?? tool.Type}'"));
        return new ApiException(
            StatusCodes.Status500InternalServerError,
            "emulator-script",
            $"The script calls {called}, which the request does not offer. The {kind} that it offers: {(names.Length > 0 ? names : "none")}. Offer it in the request, or set Script.Strict to false.");
    }
}
