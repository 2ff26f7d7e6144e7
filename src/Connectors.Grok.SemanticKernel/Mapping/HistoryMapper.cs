using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using FunctionCall = Microsoft.SemanticKernel.FunctionCallContent;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Maps a chat history to messages. Messages that <see cref="AnswerMapper"/> created map back unchanged, also after JSON serialization.</summary>
internal static class HistoryMapper
{
    public static List<ChatMessage> ToMessages(IEnumerable<ChatMessageContent> history) => [.. history.Select(ToMessage)];

    private static ChatMessage ToMessage(ChatMessageContent content)
    {
        var message = new ChatMessage
        {
            Role = new ChatRole(content.Role.Label),
            AuthorName = content.AuthorName,
            AdditionalProperties = Properties(content.Metadata),
        };
        foreach (var item in content.Items)
        {
            if (ToContent(item) is { } part)
            {
                message.Contents.Add(part);
            }
        }

        if (Text(content.Metadata, GrokMetadataKeys.Refusal) is { } refusal)
        {
            message.Contents.Add(new ErrorContent(refusal) { ErrorCode = AnswerMapper.RefusalCode });
        }

        return message;
    }

    private static AIContent? ToContent(KernelContent item)
    {
        var part = item switch
        {
            ReasoningContent reasoning => ToReasoning(reasoning),
            FunctionCall call => new Microsoft.Extensions.AI.FunctionCallContent(
                call.Id ?? "", FunctionNames.Join(call.PluginName, call.FunctionName), call.Arguments)
            { Exception = call.Exception },
            // A server-side tool call or result: the connector recognizes it by the item in its properties.
            ActionContent => new AIContent(),
            ImageContent image when image.Metadata?.ContainsKey(GrokKeys.Content.Item) == true => new ImageGenerationToolResultContent("")
            {
                Outputs = new ChatMessageContent { Items = [item] }.ToChatMessage().Contents,
            },
            // A citation annotates the preceding text of an answer and is not sent back.
            AnnotationContent => null,
            _ => new ChatMessageContent { Items = [item] }.ToChatMessage().Contents.FirstOrDefault(),
        };
        if (part is not null)
        {
            part.AdditionalProperties ??= Properties(item.Metadata);
        }

        return part;
    }

    private static TextReasoningContent ToReasoning(ReasoningContent reasoning)
    {
        var content = new TextReasoningContent(reasoning.Text)
        {
            ProtectedData = Text(reasoning.Metadata, GrokMetadataKeys.EncryptedContent),
            AdditionalProperties = Properties(reasoning.Metadata),
        };
        content.AdditionalProperties?.Remove(GrokMetadataKeys.EncryptedContent);
        if (reasoning.Text.Length == 0 && content.ProtectedData is null)
        {
            // The separator between two parts of one summary.
            content.Annotations = [new AIAnnotation()];
        }

        return content;
    }

    private static AdditionalPropertiesDictionary? Properties(IReadOnlyDictionary<string, object?>? metadata) =>
        metadata is null ? null : new(metadata);

    private static string? Text(IReadOnlyDictionary<string, object?>? metadata, string key) =>
        metadata is not null && metadata.TryGetValue(key, out var value)
            ? value switch
            {
                string text => text,
                JsonElement { ValueKind: JsonValueKind.String } json => json.GetString(),
                _ => null,
            }
            : null;
}
