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

    private static readonly string[] ContextSizes = ["low", "medium", "high"];

    private static readonly string[] Lists = ["allowed_domains", "excluded_domains", "allowed_x_handles", "excluded_x_handles", "vector_store_ids", "allowed_tools"];

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

        CheckMembers(tool, type);
        foreach (var list in type == "function" ? [] : Lists)
        {
            _ = HostedToolRules.Texts(tool, list);
        }

        if (type != "function")
        {
            return new Tool(type, Name: null, Description: null, Parameters: null, tool) { IsDeferred = type == "mcp" && tool.Flag("defer_loading") == true };
        }

        return new Tool(
            type,
            tool.RequiredText("name"),
            tool.Text("description"),
            tool.Object("parameters") ?? throw Members.Missing("parameters"),
            tool)
        {
            IsDeferred = tool.Flag("defer_loading") == true,
        };
    }

    private static void CheckMembers(JsonElement tool, string type)
    {
        switch (type)
        {
            case "function":
                _ = tool.Flag("strict");
                break;
            case "web_search":
                CheckVariant(tool, "search_context_size", ContextSizes);
                CheckFlags(tool, "enable_image_search", "enable_image_understanding", "external_web_access");
                if (tool.Object("user_location") is { } location)
                {
                    _ = location.RequiredText("type");
                    CheckVariant(location, "type", "approximate");
                    CheckTexts(location, "city", "country", "region", "timezone");
                }

                break;
            case "x_search":
                CheckFlags(tool, "enable_image_understanding", "enable_video_understanding");
                break;
            case "image_generation":
                CheckVariant(tool, "action", ImageActions);
                break;
            case "file_search" or "collections_search":
                _ = tool.Integer("max_num_results");
                break;
            case "mcp":
                _ = tool.RequiredText("server_url");
                _ = tool.RequiredText("server_label");
                CheckTexts(tool, "server_description", "authorization", "require_approval", "connector_id");
                if (tool.Object("headers") is { } headers && headers.EnumerateObject().Any(header => header.Value.ValueKind != JsonValueKind.String))
                {
                    throw new TypeMismatchException("headers: invalid type, expected a map of strings");
                }

                break;
            case "shell":
                CheckShell(tool.Object("environment") ?? throw Members.Missing("environment"));
                break;
            case "tool_search":
                CheckVariant(tool, "execution", "server");
                break;
        }
    }

    private static void CheckShell(JsonElement environment)
    {
        _ = environment.RequiredText("type");
        CheckVariant(environment, "type", "local");
        foreach (var skill in environment.Array("skills"))
        {
            if (skill.ValueKind != JsonValueKind.Object)
            {
                throw Members.Mismatch("skills", skill, "a skill");
            }

            foreach (var name in (string[])["name", "description", "path"])
            {
                _ = skill.RequiredText(name);
            }
        }
    }

    private static void CheckFlags(JsonElement obj, params string[] names)
    {
        foreach (var name in names)
        {
            _ = obj.Flag(name);
        }
    }

    private static void CheckTexts(JsonElement obj, params string[] names)
    {
        foreach (var name in names)
        {
            _ = obj.Text(name);
        }
    }

    private static void CheckVariant(JsonElement obj, string name, params string[] known)
    {
        if (obj.Text(name) is { } value && !known.Contains(value))
        {
            throw Members.UnknownVariant(name, value, known);
        }
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
