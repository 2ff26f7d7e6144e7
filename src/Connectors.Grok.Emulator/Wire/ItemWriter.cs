using System.Text.Json;

namespace Connectors.Grok.Emulator.Wire;

/// <summary>The one place where an output item becomes JSON (section 4.2), whole or as it is announced in a stream.</summary>
internal static class ItemWriter
{
    public static string IdOf(string responseId, IReadOnlyList<OutputItem> output, int index) => output[index] switch
    {
        ReasoningOutput => $"rs_{responseId}",
        MessageOutput => $"msg_{responseId}",
        FunctionCallOutput => $"fc_{responseId}_{output.Take(index).OfType<FunctionCallOutput>().Count()}",
        WebSearchOutput => $"ws_{responseId}_call_{output.Take(index).OfType<WebSearchOutput>().Count() + 10000000}",
        _ => throw new InvalidOperationException("An output item without an id scheme."),
    };

    public static void Write(Utf8JsonWriter writer, OutputItem item, string id, bool finished)
    {
        writer.WriteStartObject();
        switch (item)
        {
            case ReasoningOutput reasoning:
                WriteReasoning(writer, reasoning, id, finished);
                break;
            case MessageOutput message:
                WriteMessage(writer, message, id, finished);
                break;
            case FunctionCallOutput call:
                writer.WriteString("arguments", finished ? call.Arguments : "");
                writer.WriteString("call_id", call.CallId);
                writer.WriteString("name", call.Name);
                writer.WriteString("type", "function_call");
                writer.WriteString("id", id);
                writer.WriteString("status", finished ? "completed" : "in_progress");
                break;
            case WebSearchOutput search:
                WriteWebSearch(writer, search, id, finished);
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
            WriteCitation(writer, citation);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    public static void WriteCitation(Utf8JsonWriter writer, Citation citation)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "url_citation");
        writer.WriteString("url", citation.Url);
        writer.WriteNumber("start_index", citation.Start);
        writer.WriteNumber("end_index", citation.End);
        writer.WriteString("title", citation.Title);
        writer.WriteEndObject();
    }

    public static void WriteSummaryPart(Utf8JsonWriter writer, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("text", text);
        writer.WriteString("type", "summary_text");
        writer.WriteEndObject();
    }

    private static void WriteReasoning(Utf8JsonWriter writer, ReasoningOutput reasoning, string id, bool finished)
    {
        writer.WriteString("id", id);
        writer.WriteStartArray("summary");
        if (finished)
        {
            foreach (var part in reasoning.Summary)
                WriteSummaryPart(writer, part);
        }

        writer.WriteEndArray();
        writer.WriteString("type", "reasoning");
        writer.WriteString("status", finished ? "completed" : "in_progress");
        if (finished && reasoning.EncryptedContent is { } blob)
            writer.WriteString("encrypted_content", blob);
    }

    private static void WriteMessage(Utf8JsonWriter writer, MessageOutput message, string id, bool finished)
    {
        writer.WriteStartArray("content");
        if (finished)
            WriteTextPart(writer, message.Text, message.Annotations);
        writer.WriteEndArray();
        writer.WriteString("id", id);
        writer.WriteString("role", "assistant");
        writer.WriteString("type", "message");
        writer.WriteString("status", !finished ? "in_progress" : message.IsIncomplete ? "incomplete" : "completed");
    }

    private static void WriteWebSearch(Utf8JsonWriter writer, WebSearchOutput search, string id, bool finished)
    {
        writer.WriteStartObject("action");
        writer.WriteString("type", "search");
        writer.WriteString("query", finished && search.ShowsSources ? search.Query : "");
        writer.WriteStartArray("sources");
        foreach (var url in finished && search.ShowsSources ? search.Sources : [])
        {
            writer.WriteStartObject();
            writer.WriteString("type", "url");
            writer.WriteString("url", url);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteString("id", id);
        writer.WriteString("type", "web_search_call");
        writer.WriteString("status", finished ? "completed" : "in_progress");
    }
}
