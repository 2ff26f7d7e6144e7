using System.Text;
using System.Text.Json;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Faults.Tests.Fuzz;

/// <summary>The meaning of an answer as one text: equivalent answers have equal texts.</summary>
internal static class Digest
{
    public static string From(ChatResponse answer)
    {
        var text = new StringBuilder();
        text.Append($"{answer.ResponseId}|{answer.ConversationId}|{answer.ModelId}|{answer.FinishReason}|{answer.CreatedAt:O}|");
        var usage = answer.Usage;
        text.Append($"{usage?.InputTokenCount}|{usage?.OutputTokenCount}|{usage?.TotalTokenCount}|{usage?.CachedInputTokenCount}|{usage?.ReasoningTokenCount}|");
        foreach (var (name, count) in (usage?.AdditionalCounts ?? []).OrderBy(static c => c.Key, StringComparer.Ordinal))
        {
            text.Append($"{name}={count}|");
        }

        foreach (var content in answer.Messages.SelectMany(static m => m.Contents))
        {
            Add(text, content);
        }

        return text.ToString();
    }

    public static string From(GrokException failure) => $"{failure.Kind}|{failure.Status}|{failure.Code}|{failure.ServiceMessage}";

    private static void Add(StringBuilder text, AIContent content)
    {
        // A placeholder with the raw item of an unknown type.
        var raw = content.RawRepresentation is TaggedObject tagged ? tagged.Type : "";
        text.Append($"\n{content.GetType().Name} {raw} ");
        text.Append(content switch
        {
            TextContent t => t.Text,
            TextReasoningContent t => $"{t.Text}|{t.ProtectedData}|{t.GetReasoningItemId()}",
            FunctionCallContent c => $"{c.CallId}|{c.Name}|{c.InformationalOnly}|{Sorted(c.Arguments)}",
            ErrorContent e => $"{e.Message}|{e.ErrorCode}",
            DataContent d => d.Uri,
            ToolResultContent r => r.CallId,
            ToolCallContent c => c.CallId,
            _ => "",
        });
        foreach (var note in content.Annotations ?? [])
        {
            text.Append($"|{(note as CitationAnnotation)?.Url}|{(note as CitationAnnotation)?.Title}|");
            text.AppendJoin(',', (note.AnnotatedRegions ?? []).OfType<TextSpanAnnotatedRegion>().Select(static r => $"{r.StartIndex}-{r.EndIndex}"));
        }
    }

    private static string Sorted(IDictionary<string, object?>? arguments) => arguments is null ? "null"
        : string.Join(';', arguments.OrderBy(static a => a.Key, StringComparer.Ordinal).Select(static a => $"{a.Key}={(a.Value is JsonElement json ? json.GetRawText() : a.Value)}"));
}
