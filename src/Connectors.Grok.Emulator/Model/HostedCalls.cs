using System.Text.Json;
using Connectors.Grok.Emulator.Catalog;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Model;

/// <summary>Calls a hosted tool when the tool choice requires a call; the built-in model has no other use for most of them (docs/wire.md#tools).</summary>
internal static class HostedCalls
{
    private const int PostsPerSearch = 10;

    /// <summary>The smallest valid PNG, one pixel.</summary>
    private const string Picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>Returns the required call of the first hosted tool, with the items that belong to it; empty when no call is required.</summary>
    public static IReadOnlyList<OutputItem> Required(CreateRequest request, string question) =>
        request.ToolChoice.Mode == "required" && request.Tools.FirstOrDefault(tool => !tool.IsFunction) is { } tool ? Call(tool, request, question) : [];

    /// <summary>Searches for a deferred function by its exact name, which is what finds it most reliably.</summary>
    public static IReadOnlyList<OutputItem> Load(CreateRequest request, string query, int limit) =>
        [new ToolSearchCallOutput(query, limit), new ToolSearchOutput([.. ToolIndex.Search(request.Tools, query, limit).Select(tool => tool.Raw)])];

    private static IReadOnlyList<OutputItem> Call(Tool tool, CreateRequest request, string question) => tool.Type switch
    {
        "x_search" =>
        [
            new XSearchOutput("xs_call_10000000", "x_keyword_search", Json.WriteObjectText(writer => writer.WriteString("query", question))) { Posts = PostsPerSearch },
        ],
        "code_interpreter" or "code_execution" =>
        [
            new CodeOutput($"print({Json.WriteText(question)})", CodeOutput.LogsOf(question + "\n", "", 0)) { ShowsOutputs = request.Include.Contains("code_interpreter_call.outputs") },
        ],
        "file_search" or "collections_search" => [new FileSearchOutput(question, []) { ShowsResults = request.Include.Contains("file_search_call.results") }],
        "mcp" => [new McpOutput(tool.Key!, FirstToolOf(tool), "{}", "", Error: null)],
        "image_generation" => [new ImageOutput(Picture, question)],
        "shell" => [new ShellOutput("call_shell", ["ls"])],
        "tool_search" => Load(request, question, ToolIndex.DefaultLimit),
        _ => [],
    };

    private static string FirstToolOf(Tool server) =>
        server.Raw.TryGetProperty("allowed_tools", out var tools) && tools.ValueKind == JsonValueKind.Array && tools.GetArrayLength() > 0 ? tools[0].GetString()! : "list";
}
