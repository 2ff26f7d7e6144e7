using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Options;

/// <summary>Validates the tools of one request and its tool choice.</summary>
internal static class OfferedTools
{
    /// <summary>Whether any tool is offered; without tools, no tool option may be sent.</summary>
    /// <exception cref="ArgumentException">Two functions have the same name, a raw function has the name of a tool of xAI, or the required function is not offered.</exception>
    public static bool Check(CreateResponseRequest request, ChatToolMode? mode, MappingDiagnostics notes)
    {
        if (request is { Tools: null, ToolChoice: null } && mode is not RequiredChatToolMode)
        {
            return false;
        }

        var names = (request.Tools ?? []).Select(Name).OfType<string>().ToList();
        var seen = new HashSet<string>(names.Count, StringComparer.Ordinal);
        if (names.Find(n => !seen.Add(n)) is { } twice)
        {
            throw new ArgumentException($"Two functions are offered under the name '{ReservedNames.FromWire(twice)}': rename one, or leave it out.", nameof(request));
        }

        if (names.Find(ReservedNames.IsReserved) is { } reserved)
        {
            // Functions of the options have an alias here; a raw tool is sent as it is.
            throw new ArgumentException(
                $"The function '{reserved}' has the name of a tool of xAI, which the service would run in its place, and is sent exactly as given. Rename it, or offer it as an AIFunction: the client then sends it under an alias.",
                nameof(request));
        }

        if (request.ToolChoice?.FunctionName is { } wanted && !names.Contains(wanted))
        {
            throw new ArgumentException(
                $"The tool mode requires the function '{ReservedNames.FromWire(wanted)}', which is not among the tools ({(names.Count > 0 ? string.Join(", ", names.Select(ReservedNames.FromWire)) : "there are none")}).",
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
