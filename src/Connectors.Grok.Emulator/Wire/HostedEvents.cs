using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Creates the events between the added and the done event of a hosted tool call (docs/wire.md#events).</summary>
internal static class HostedEvents
{
    public static IEnumerable<EventDraft> Create(HostedOutput item, ItemPosition position) => item switch
    {
        WebSearchOutput { IsLegacy: true } => [],
        WebSearchOutput => Steps("web_search_call", position, "in_progress", "searching", "completed"),
        XSearchOutput { IsLegacy: true } => Steps("x_search_call", position, "in_progress", "searching", "completed"),
        XSearchOutput x =>
        [
            Step("response.custom_tool_call_input.delta", position, "delta", x.Input),
            Step("response.custom_tool_call_input.done", position, "input", x.Input),
        ],
        CodeOutput code =>
        [
            .. Steps("code_interpreter_call", position, "in_progress"),
            .. WordPieces.Split(code.Code).Select(delta => Step("response.code_interpreter_call_code.delta", position, "delta", delta, Pace.Text)),
            Step("response.code_interpreter_call_code.done", position, "code", code.Code),
            .. Steps("code_interpreter_call", position, "interpreting", "completed"),
        ],
        FileSearchOutput => Steps("file_search_call", position, "in_progress", "searching", "completed"),
        McpOutput mcp => Mcp(mcp, position),
        ImageOutput { Base64: null } => Steps("image_generation_call", position, "in_progress", "generating"),
        ImageOutput => Steps("image_generation_call", position, "in_progress", "generating", "completed"),
        _ => [],
    };

    public static EventDraft Step(string type, ItemPosition position, string? key = null, string? text = null, Pace pace = Pace.None) => new(
        type,
        writer =>
        {
            if (key is not null)
            {
                writer.WriteString(key, text);
            }

            writer.WriteString("item_id", position.Id);
            writer.WriteNumber("output_index", position.Index);
        },
        pace);

    private static IEnumerable<EventDraft> Mcp(McpOutput mcp, ItemPosition position)
    {
        yield return Step("response.mcp_call.in_progress", position);
        yield return Step("response.mcp_call_arguments.delta", position, "delta", mcp.Arguments);
        yield return Step("response.mcp_call_arguments.done", position, "arguments", mcp.Arguments);
        yield return Step("response.mcp_call.executing", position);
        if (mcp.Output is { } output)
        {
            yield return Step("response.mcp_call_output.delta", position, "delta", output);
            yield return Step("response.mcp_call_output.done", position, "output", output);
        }

        yield return Step(mcp.Error is null ? "response.mcp_call.completed" : "response.mcp_call.failed", position);
    }

    private static IEnumerable<EventDraft> Steps(string tool, ItemPosition position, params string[] steps) =>
        steps.Select(step => Step($"response.{tool}.{step}", position));
}
