using System.Text.Json;
using Connectors.Grok.Emulator.Foundation;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes hosted tool calls as JSON (docs/wire.md#tools). Results are written only if the request includes them.</summary>
internal static class HostedWriter
{
    public static void Write(Utf8JsonWriter writer, HostedOutput item, string id, bool finished)
    {
        switch (item)
        {
            case WebSearchOutput { IsLegacy: true } search:
                WriteLegacy(writer, "web_search", "", Json.WriteObjectText(members => members.WriteString("query", search.Query)));
                break;
            case WebSearchOutput search:
                WriteAction(writer, search, finished);
                break;
            case XSearchOutput { IsLegacy: true } x:
                WriteLegacy(writer, x.Name, x.CallId, x.Input);
                break;
            case XSearchOutput x:
                writer.WriteString("call_id", x.CallId);
                writer.WriteString("input", finished ? x.Input : "");
                writer.WriteString("name", x.Name);
                break;
            case CodeOutput code:
                WriteCode(writer, code, finished);
                break;
            case FileSearchOutput search:
                WriteFiles(writer, search, finished);
                break;
            case McpOutput mcp:
                WriteMcp(writer, mcp, finished);
                break;
            case ImageOutput image:
                writer.WriteString("result", finished ? image.Base64 : null);
                writer.WriteString("prompt", finished ? image.Prompt : null);
                break;
            case ToolSearchCallOutput search:
                WriteToolSearch(writer, search, finished);
                break;
            case ToolSearchOutput loaded:
                WriteLoadedTools(writer, finished ? loaded.Tools : []);
                break;
            case ShellOutput shell:
                WriteShell(writer, shell);
                break;
        }

        writer.WriteString("id", id);
        writer.WriteString("type", item.Type);
        writer.WriteString("status", finished ? FinalStatus(item) : "in_progress");
    }

    private static string FinalStatus(HostedOutput item) => item switch
    {
        ImageOutput { Base64: null } => "failed",
        ToolSearchCallOutput { IsFailed: true } => "incomplete",
        _ => "completed",
    };

    private static void WriteToolSearch(Utf8JsonWriter writer, ToolSearchCallOutput search, bool finished)
    {
        writer.WriteStartObject("arguments");
        if (finished)
        {
            writer.WriteString("query", search.Query);
            writer.WriteNumber("limit", search.Limit);
        }

        writer.WriteEndObject();
        writer.WriteNull("call_id");
        writer.WriteString("execution", "server");
    }

    private static void WriteLoadedTools(Utf8JsonWriter writer, IReadOnlyList<JsonElement> tools)
    {
        writer.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            tool.WriteTo(writer);
        }

        writer.WriteEndArray();
        writer.WriteNull("call_id");
        writer.WriteString("execution", "server");
    }

    private static void WriteShell(Utf8JsonWriter writer, ShellOutput shell)
    {
        writer.WriteString("call_id", shell.CallId);
        writer.WriteStartObject("action");
        writer.WriteStartArray("commands");
        foreach (var command in shell.Commands)
        {
            writer.WriteStringValue(command);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteMcp(Utf8JsonWriter writer, McpOutput mcp, bool finished)
    {
        writer.WriteString("arguments", finished ? mcp.Arguments : "");
        writer.WriteString("name", mcp.Tool);
        writer.WriteString("server_label", mcp.Server);
        writer.WriteString("output", finished ? mcp.Output ?? "" : "");
        if (finished && mcp.Error is { } error)
        {
            writer.WriteString("error", error);
        }
    }

    private static void WriteLegacy(Utf8JsonWriter writer, string name, string callId, string arguments)
    {
        writer.WriteString("arguments", arguments);
        writer.WriteString("call_id", callId);
        writer.WriteString("name", name);
    }

    private static void WriteAction(Utf8JsonWriter writer, WebSearchOutput search, bool finished)
    {
        var showsSources = finished && search.ShowsSources;
        writer.WriteStartObject("action");
        switch (search.Action)
        {
            case WebAction.OpenPage:
                writer.WriteString("type", "open_page");
                writer.WriteString("url", finished ? search.Sources[0] : "");
                break;
            case WebAction.Find:
                writer.WriteString("type", "find_in_page");
                writer.WriteString("url", finished ? search.Sources[0] : "");
                writer.WriteString("pattern", finished ? search.Pattern : "");
                break;
            default:
                writer.WriteString("type", "search");
                writer.WriteString("query", showsSources ? search.Query : "");
                WriteSources(writer, showsSources ? search.Sources : []);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteSources(Utf8JsonWriter writer, IReadOnlyList<string> sources)
    {
        writer.WriteStartArray("sources");
        foreach (var url in sources)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "url");
            writer.WriteString("url", url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCode(Utf8JsonWriter writer, CodeOutput code, bool finished)
    {
        writer.WriteString("code", finished ? code.Code : "");
        if (!finished || !code.ShowsOutputs || code.Logs is null)
        {
            writer.WriteNull("outputs");
            return;
        }

        writer.WriteStartArray("outputs");
        writer.WriteStartObject();
        writer.WriteString("type", "logs");
        writer.WriteString("logs", code.Logs);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteFiles(Utf8JsonWriter writer, FileSearchOutput search, bool finished)
    {
        writer.WriteStartArray("queries");
        if (finished)
        {
            writer.WriteStringValue(search.Query);
        }

        writer.WriteEndArray();
        if (!finished || !search.ShowsResults)
        {
            writer.WriteNull("results");
            return;
        }

        writer.WriteStartArray("results");
        foreach (var hit in search.Hits)
        {
            writer.WriteStartObject();
            writer.WriteString("file_id", hit.FileId);
            writer.WriteString("filename", hit.FileName);
            if (hit.Score != 0)
            {
                writer.WriteNumber("score", hit.Score);
            }

            writer.WriteString("text", hit.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
