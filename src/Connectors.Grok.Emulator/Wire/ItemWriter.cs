using System.Text.Json;
using Connectors.Grok.Emulator.Turns;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>Writes output items as JSON, finished or as they are added to a stream (docs/wire.md#events).</summary>
internal static class ItemWriter
{
    private const int FirstCall = 10_000_000;

    public static string IdOf(string responseId, IReadOnlyList<OutputItem> output, int index)
    {
        var prefix = IdPrefixOf(output[index]);
        var number = output.Take(index).Count(item => IdPrefixOf(item) == prefix);
        return output[index] switch
        {
            ReasoningOutput or MessageOutput or RefusalOutput => $"{prefix}_{responseId}",
            XSearchOutput { IsLegacy: false } x => $"{prefix}_{responseId}_{x.CallId}",
            ImageOutput => $"{prefix}_{responseId}_call-{number:x8}-0000-4000-8000-000000000000-0",
            _ when prefix == "fc" => $"fc_{responseId}_{number}",
            _ => $"{prefix}_{responseId}_call_{number + FirstCall}",
        };
    }

    public static void Write(Utf8JsonWriter writer, OutputItem item, string id, bool finished)
    {
        writer.WriteStartObject();
        switch (item)
        {
            case ReasoningOutput reasoning:
                WriteReasoning(writer, reasoning, id, finished);
                break;
            case MessageOutput message:
                WriteMessage(writer, finished ? () => WriteTextPart(writer, message.Text, message.Annotations) : null, id);
                writer.WriteString("status", !finished ? "in_progress" : message.IsIncomplete ? "incomplete" : "completed");
                break;
            case RefusalOutput refusal:
                WriteMessage(writer, finished ? () => WriteRefusalPart(writer, refusal.Text) : null, id);
                writer.WriteString("status", finished ? "completed" : "in_progress");
                break;
            case FunctionCallOutput call:
                writer.WriteString("arguments", finished || call.Style == CallStyle.OnAdded ? call.Arguments : "");
                writer.WriteString("call_id", call.CallId);
                writer.WriteString("name", call.Name);
                writer.WriteString("type", "function_call");
                writer.WriteString("id", id);
                writer.WriteString("status", finished ? "completed" : "in_progress");
                break;
            case HostedOutput hosted:
                HostedWriter.Write(writer, hosted, id, finished);
                break;
        }

        writer.WriteEndObject();
    }

    public static void WriteTextPart(Utf8JsonWriter writer, string text, IReadOnlyList<Citation> annotations)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "output_text");
        writer.WriteString("text", text);
        writer.WriteStartArray("logprobs");
        writer.WriteEndArray();
        writer.WriteStartArray("annotations");
        foreach (var citation in annotations)
        {
            WriteCitation(writer, citation);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteRefusalPart(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "refusal");
        writer.WriteString("refusal", text);
        writer.WriteEndObject();
    }

    public static void WriteCitation(Utf8JsonWriter writer, Citation citation)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "url_citation");
        writer.WriteString("url", citation.Url);
        if (citation is { Start: { } start, End: { } end })
        {
            writer.WriteNumber("start_index", start);
            writer.WriteNumber("end_index", end);
        }

        if (citation.Title is { } title)
        {
            writer.WriteString("title", title);
        }

        writer.WriteEndObject();
    }

    public static void WriteSummaryPart(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("text", text);
        writer.WriteString("type", "summary_text");
        writer.WriteEndObject();
    }

    private static string IdPrefixOf(OutputItem item) => item switch
    {
        ReasoningOutput => "rs",
        MessageOutput or RefusalOutput => "msg",
        FunctionCallOutput or WebSearchOutput { IsLegacy: true } or XSearchOutput { IsLegacy: true } => "fc",
        WebSearchOutput => "ws",
        XSearchOutput => "ctc",
        CodeOutput => "ci",
        FileSearchOutput => "fs",
        McpOutput => "mcp",
        ImageOutput => "ig",
        ToolSearchCallOutput => "tsc",
        ToolSearchOutput => "tso",
        ShellOutput => "sh",
        _ => throw new InvalidOperationException($"No id prefix is defined for the output item {item.GetType().Name}."),
    };

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningOutput reasoning, string id, bool finished)
    {
        writer.WriteString("id", id);
        writer.WriteStartArray("summary");
        foreach (var part in finished ? reasoning.Summary : [])
        {
            WriteSummaryPart(writer, part);
        }

        writer.WriteEndArray();
        writer.WriteString("type", "reasoning");
        writer.WriteString("status", finished ? "completed" : "in_progress");
        if (finished && reasoning.Text is { } text)
        {
            writer.WriteStartArray("content");
            writer.WriteStartObject();
            writer.WriteString("type", "reasoning_text");
            writer.WriteString("text", text);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        if (finished && reasoning.EncryptedContent is { } blob)
        {
            writer.WriteString("encrypted_content", blob);
        }
    }

    private static void WriteMessage(Utf8JsonWriter writer, Action? part, string id)
    {
        writer.WriteStartArray("content");
        part?.Invoke();
        writer.WriteEndArray();
        writer.WriteString("id", id);
        writer.WriteString("role", "assistant");
        writer.WriteString("type", "message");
    }
}
