using System.Text.Json;
using System.Text.Json.Nodes;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Maps the tools of a prompt file, each a name or an object with xAI's members of the tool, to tools for <see cref="ChatOptions.Tools"/>.</summary>
internal static class PromptTools
{
    private static readonly string[] Known = ["web_search", "x_search", "code_interpreter", "file_search", "mcp", "image_generation"];

    /// <summary>Reads the tools from the value of a setting.</summary>
    /// <exception cref="KernelException">The list contains another value, or an unknown tool.</exception>
    public static IReadOnlyList<AITool> Read(string name, object value) =>
        [.. (SettingValue.List(value) ?? [value]).Select(item => item as AITool ?? Tool(name, item))];

    private static AITool Tool(string setting, object? item)
    {
        var tool = new JsonObject();
        var members = SettingValue.Members(item) ?? [KeyValuePair.Create("type", item)];
        foreach (var (name, value) in members)
        {
            tool[name] = Member(name, value);
        }

        var type = tool["type"] is JsonValue json && json.TryGetValue<string>(out var text) ? text : null;
        if (!Known.Contains(type, StringComparer.Ordinal))
        {
            throw new KernelException(
                $"The setting '{setting}' contains {(type is null ? "a tool without a type" : $"the unknown tool '{type}'")}. The supported tools are {string.Join(", ", Known)}; register functions as plugins.");
        }

        using var document = JsonDocument.Parse(tool.ToJsonString());
        return new UnknownTool(type!, document.RootElement.Clone()).AsAITool();
    }

    /// <summary>Converts a member to its JSON type: YAML passes every scalar as text, and xAI rejects text for booleans and numbers.</summary>
    private static JsonNode? Member(string name, object? value) => name switch
    {
        _ when name.StartsWith("enable_", StringComparison.Ordinal) => JsonValue.Create(SettingValue.Flag(name, value)),
        "max_num_results" => JsonValue.Create(SettingValue.WholeNumber(name, value)),
        "allowed_domains" or "excluded_domains" or "allowed_x_handles" or "excluded_x_handles" or "vector_store_ids" or "allowed_tools" =>
            SettingValue.Texts(name, value) is { } texts ? new JsonArray([.. texts.Select(static t => (JsonNode?)t)]) : null,
        _ => Node(name, value),
    };

    private static JsonNode? Node(string name, object? value) =>
        SettingValue.Members(value) is { } members ? new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, Node(m.Key, m.Value))))
        : SettingValue.List(value) is { } list ? new JsonArray([.. list.Select(item => Node(name, item))])
        : value switch
        {
            JsonElement json => JsonNode.Parse(json.GetRawText()),
            bool flag => JsonValue.Create(flag),
            int or long or double => JsonValue.Create(SettingValue.Number(name, value)),
            _ => JsonValue.Create(SettingValue.Text(name, value)),
        };
}
