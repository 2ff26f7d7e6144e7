using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Validates the tools of one request and its tool choice.</summary>
internal static class OfferedTools
{
    /// <summary>Whether any tool is offered; without tools, no tool option may be sent.</summary>
    /// <exception cref="ArgumentException">Two functions have the same name, or the required function is not offered.</exception>
    public static bool Check(CreateResponseRequest request, ChatToolMode? mode, MappingDiagnostics notes)
    {
        var names = (request.Tools ?? []).Select(Name).OfType<string>().ToList();
        if (names.GroupBy(static n => n, StringComparer.Ordinal).FirstOrDefault(static g => g.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"Two functions are offered under the name '{twice.Key}': rename one, or leave it out.", nameof(request));
        }

        if (request.ToolChoice?.FunctionName is { } wanted && !names.Contains(wanted))
        {
            throw new ArgumentException(
                $"The tool mode requires the function '{wanted}', which is not among the tools ({(names.Count > 0 ? string.Join(", ", names) : "there are none")}).",
                nameof(request));
        }

        var hasTools = request.Tools is { Count: > 0 };
        if (!hasTools && mode is RequiredChatToolMode)
        {
            notes.Option("a ToolMode that requires a tool where none is offered");
        }

        return hasTools;
    }

    private static string? Name(ResponseTool tool) => tool switch
    {
        FunctionTool function => function.Name,
        UnknownTool { Tag: "function", Json: { ValueKind: JsonValueKind.Object } json } when json.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String =>
            name.GetString(),
        _ => null,
    };
}
