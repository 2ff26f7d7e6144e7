using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>What happens between the beginning and the end of a call of a hosted tool (sections 6.2 and 6.3).</summary>
internal static class HostedEvents
{
    public static IEnumerable<EventDraft> Of(HostedOutput item, Place place) => item switch
    {
        WebSearchOutput { IsOld: true } => [],
        WebSearchOutput => Steps("web_search_call", place, "in_progress", "searching", "completed"),
        XSearchOutput { IsOld: true } => Steps("x_search_call", place, "in_progress", "searching", "completed"),
        XSearchOutput x =>
        [
            Step("response.custom_tool_call_input.delta", place, "delta", x.Input),
            Step("response.custom_tool_call_input.done", place, "input", x.Input),
        ],
        CodeOutput code =>
        [
            .. Steps("code_interpreter_call", place, "in_progress"),
            .. Pieces.Of(code.Code).Select(delta => Step("response.code_interpreter_call_code.delta", place, "delta", delta, Pace.Text)),
            Step("response.code_interpreter_call_code.done", place, "code", code.Code),
            .. Steps("code_interpreter_call", place, "interpreting", "completed"),
        ],
        FileSearchOutput => Steps("file_search_call", place, "in_progress", "searching", "completed"),
        McpOutput mcp => Mcp(mcp, place),
        ImageOutput => Steps("image_generation_call", place, "in_progress", "generating", "completed"),
        _ => [],
    };

    public static EventDraft Step(string type, Place place, string? key = null, string? text = null, Pace pace = Pace.None) => new(
        type,
        writer =>
        {
            if (key is not null)
            {
                writer.WriteString(key, text);
            }

            writer.WriteString("item_id", place.Id);
            writer.WriteNumber("output_index", place.Index);
        },
        pace);

    private static IEnumerable<EventDraft> Mcp(McpOutput mcp, Place place)
    {
        yield return Step("response.mcp_call.in_progress", place);
        yield return Step("response.mcp_call_arguments.delta", place, "delta", mcp.Arguments);
        yield return Step("response.mcp_call_arguments.done", place, "arguments", mcp.Arguments);
        yield return Step("response.mcp_call.executing", place);
        if (mcp.Output is { } output)
        {
            yield return Step("response.mcp_call_output.delta", place, "delta", output);
            yield return Step("response.mcp_call_output.done", place, "output", output);
        }

        yield return Step(mcp.Error is null ? "response.mcp_call.completed" : "response.mcp_call.failed", place);
    }

    private static IEnumerable<EventDraft> Steps(string tool, Place place, params string[] steps) =>
        steps.Select(step => Step($"response.{tool}.{step}", place));
}
