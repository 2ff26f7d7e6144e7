using System.Text.Json;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Rules;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c> (docs/wire.md#tools).</summary>
internal static class ToolReader
{
    public static readonly string[] Types =
    [
        "function", "web_search", "x_search", "image_generation", "collections_search", "file_search", "code_execution", "code_interpreter", "mcp", "shell",
        "tool_search",
    ];

    private static readonly string[] ImageActions = ["auto", "generate", "edit"];

    private static readonly string[] Lists = ["allowed_domains", "excluded_domains", "allowed_x_handles", "excluded_x_handles", "vector_store_ids"];

    public static Tool Read(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            throw Members.Mismatch("tools", tool, "a tool");
        }

        var type = tool.RequiredText("type");
        if (!Types.Contains(type))
        {
            throw Members.UnknownVariant("tools", type, Types);
        }

        if (type == "mcp")
        {
            _ = tool.RequiredText("server_url");
        }

        if (type == "image_generation" && tool.Text("action") is { } action && !ImageActions.Contains(action))
        {
            throw Members.UnknownVariant("action", action, ImageActions);
        }

        foreach (var list in type == "function" ? [] : Lists)
        {
            _ = HostedToolRules.Texts(tool, list);
        }

        if (type != "function")
        {
            return new Tool(type, Name: null, Description: null, Parameters: null, tool);
        }

        return new Tool(
            type,
            tool.RequiredText("name"),
            tool.Text("description"),
            tool.Object("parameters") ?? throw Members.Missing("parameters"),
            tool);
    }

    /// <summary>Reads the tool choice. An unknown mode counts as auto. A function may be given in the flat form, and in the nested form of chat completions.</summary>
    public static ToolChoice ReadChoice(JsonElement root)
    {
        if (root.Member("tool_choice") is not { } choice)
        {
            return ToolChoice.Auto;
        }

        if (choice.ValueKind == JsonValueKind.String)
        {
            return choice.GetString() is { } mode and ("none" or "required") ? new ToolChoice(mode) : ToolChoice.Auto;
        }

        if (choice.ValueKind != JsonValueKind.Object)
        {
            throw Members.Mismatch("tool_choice", choice, "a string or a map");
        }

        return choice.RequiredText("type") switch
        {
            "function" => new ToolChoice("required", choice.Text("name") ?? choice.Object("function")?.RequiredText("name") ?? throw Members.Missing("name")),
            "allowed_tools" => choice.Text("mode") == "required" ? new ToolChoice("required") : ToolChoice.Auto,
            var unknown => throw Members.UnknownVariant("tool_choice", unknown, "function", "allowed_tools"),
        };
    }
}
