using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Agents;
using Microsoft.SemanticKernel.ChatCompletion;
using FunctionCall = Microsoft.SemanticKernel.FunctionCallContent;
using FunctionResult = Microsoft.SemanticKernel.FunctionResultContent;
using MessageText = Microsoft.SemanticKernel.TextContent;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Maps an answer to Semantic Kernel messages, including everything that must be sent back with the history.</summary>
/// <param name="names">Splits the names of called functions.</param>
internal sealed class AnswerMapper(FunctionNames names)
{
    public const string RefusalCode = "Refusal";

    private readonly Dictionary<string, string> _called = new(StringComparer.Ordinal);

    /// <summary>Maps the messages of an answer; the last one is the answer itself.</summary>
    public List<ChatMessageContent> ToContents(ChatResponse response)
    {
        var contents = response.Messages.Select(m => ToContent(m, response)).ToList();
        if (contents.Count > 0)
        {
            var answer = contents[^1];
            answer.InnerContent = response;
            var metadata = (AdditionalPropertiesDictionary)answer.Metadata!;
            metadata[GrokMetadataKeys.Usage] = response.Usage;
            SetIfNotNull(metadata, GrokMetadataKeys.FinishReason, response.FinishReason?.Value);
            SetIfNotNull(metadata, GrokMetadataKeys.CreatedAt, response.CreatedAt);
        }

        return contents;
    }

    public ChatMessageContent ToContent(ChatMessage message, ChatResponse response)
    {
        var metadata = Metadata(message.AdditionalProperties) ?? [];
        if (message.Role == ChatRole.Assistant)
        {
            SetIfNotNull(metadata, GrokMetadataKeys.Id, message.MessageId ?? response.ResponseId);
            SetIfNotNull(metadata, GrokMetadataKeys.CreatedAt, message.CreatedAt);
            SetIfNotNull(metadata, GrokMetadataKeys.Refusal, message.Contents.OfType<ErrorContent>().FirstOrDefault(static e => e.ErrorCode == RefusalCode)?.Message);
        }

        var content = new ChatMessageContent
        {
            Role = new AuthorRole(message.Role.Value),
            AuthorName = message.AuthorName,
            ModelId = response.ModelId,
            Metadata = metadata,
        };
        foreach (var item in message.Contents.SelectMany(ToItems))
        {
            item.ModelId = response.ModelId;
            content.Items.Add(item);
        }

        return content;
    }

    public StreamingChatMessageContent ToChunk(ChatResponseUpdate update, ref int calls)
    {
        var metadata = Metadata(update.AdditionalProperties) ?? [];
        SetIfNotNull(metadata, GrokMetadataKeys.Id, update.ResponseId);
        SetIfNotNull(metadata, GrokMetadataKeys.FinishReason, update.FinishReason?.Value);
        SetIfNotNull(metadata, GrokMetadataKeys.CreatedAt, update.CreatedAt);
        SetIfNotNull(metadata, GrokMetadataKeys.Usage, update.Contents.OfType<UsageContent>().FirstOrDefault()?.Details);
        SetIfNotNull(metadata, GrokMetadataKeys.Refusal, update.Contents.OfType<ErrorContent>().FirstOrDefault(static e => e.ErrorCode == RefusalCode)?.Message);
        var chunk = new StreamingChatMessageContent(
            update.Role is { } role ? new AuthorRole(role.Value) : null, null, update, modelId: update.ModelId, metadata: metadata);
        foreach (var content in update.Contents)
        {
            foreach (var item in ToStreamingItems(content, ref calls))
            {
                item.ModelId = update.ModelId;
                chunk.Items.Add(item);
            }
        }

        return chunk;
    }

    private IEnumerable<KernelContent> ToItems(AIContent content)
    {
        var item = ToItem(content);
        if (item is not null)
        {
            item.Metadata ??= Metadata(content.AdditionalProperties);
            yield return item;
        }

        foreach (var citation in Citations(content))
        {
            yield return new AnnotationContent(AnnotationKind.UrlCitation, citation.Label, citation.Url)
            {
                Title = citation.Title,
                StartIndex = citation.Start,
                EndIndex = citation.End,
            };
        }
    }

    private KernelContent? ToItem(AIContent content) => content switch
    {
        // In a stream, citations arrive on an empty text.
        Microsoft.Extensions.AI.TextContent { Text.Length: 0, Annotations.Count: > 0 } => null,
        Microsoft.Extensions.AI.TextContent text => new MessageText(text.Text),
        TextReasoningContent reasoning => new ReasoningContent(reasoning.Text) { InnerContent = reasoning.RawRepresentation, Metadata = Metadata(reasoning) },
        Microsoft.Extensions.AI.FunctionCallContent call => ToCall(call),
        Microsoft.Extensions.AI.FunctionResultContent result => ToResult(result),
        DataContent data when data.HasTopLevelMediaType("image") => new ImageContent(data.Uri),
        UriContent uri when uri.HasTopLevelMediaType("image") => new ImageContent(uri.Uri),
        DataContent data => new BinaryContent(data.Uri),
        UriContent uri => new BinaryContent(uri.Uri),
        ImageGenerationToolResultContent { Outputs: [DataContent image, ..] } => new ImageContent(image.Uri),
        // A server-side tool call; its item is sent back with the history.
        _ when content.AdditionalProperties?.ContainsKey(GrokKeys.Content.Item) == true => new ActionContent(ActionOf(content)),
        _ => null,
    };

    private FunctionCall ToCall(Microsoft.Extensions.AI.FunctionCallContent call)
    {
        _called[call.CallId] = call.Name;
        var (plugin, function) = names.Split(call.Name);
        return new(function, plugin, call.CallId, call.Arguments is { } arguments ? new(arguments) : null) { Exception = call.Exception };
    }

    private FunctionResult ToResult(Microsoft.Extensions.AI.FunctionResultContent result)
    {
        var (plugin, function) = _called.TryGetValue(result.CallId, out var name) ? names.Split(name) : (null, null);
        return new(function, plugin, result.CallId, result.Result ?? result.Exception?.Message);
    }

    private List<StreamingKernelContent> ToStreamingItems(AIContent content, ref int calls)
    {
        List<StreamingKernelContent> items = [.. Citations(content).Select(static c => new StreamingAnnotationContent(AnnotationKind.UrlCitation, c.Url)
        {
            Label = c.Label,
            Title = c.Title,
            StartIndex = c.Start,
            EndIndex = c.End,
        })];
        switch (content)
        {
            case Microsoft.Extensions.AI.TextContent { Text: { Length: > 0 } text }:
                items.Insert(0, new StreamingTextContent(text) { Metadata = Metadata(content.AdditionalProperties) });
                break;
            case TextReasoningContent reasoning:
                items.Add(new StreamingReasoningContent(reasoning.Text) { Metadata = Metadata(reasoning) });
                break;
            case Microsoft.Extensions.AI.FunctionCallContent call:
                _called[call.CallId] = call.Name;
                items.Add(new StreamingFunctionCallUpdateContent(call.CallId, names.Hyphenated(call.Name), Arguments(call), calls++) { Metadata = Metadata(call.AdditionalProperties) });
                break;
        }

        return items;
    }

    private static string Arguments(Microsoft.Extensions.AI.FunctionCallContent call) => call.Arguments is null ? "{}"
        : JsonSerializer.Serialize(call.Arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));

    /// <summary>Copies the properties, without the reasoning that history tracking adds for hosts that have no content type for it.</summary>
    private static AdditionalPropertiesDictionary? Metadata(AdditionalPropertiesDictionary? properties)
    {
        var metadata = properties?.Clone();
        metadata?.Remove(GrokKeys.Answer.KeptReasoning);
        return metadata;
    }

    private static AdditionalPropertiesDictionary Metadata(TextReasoningContent reasoning)
    {
        var metadata = Metadata(reasoning.AdditionalProperties) ?? [];
        SetIfNotNull(metadata, GrokMetadataKeys.EncryptedContent, reasoning.ProtectedData);
        return metadata;
    }

    private static IEnumerable<(string Label, string Url, string? Title, int? Start, int? End)> Citations(AIContent content)
    {
        foreach (var citation in (content.Annotations ?? []).OfType<CitationAnnotation>().Where(static c => c.Url is not null))
        {
            var url = citation.Url!.AbsoluteUri;
            var span = citation.AnnotatedRegions?.OfType<TextSpanAnnotatedRegion>().FirstOrDefault();
            yield return (string.IsNullOrWhiteSpace(citation.Title) ? url : citation.Title, url, citation.Title, span?.StartIndex, span?.EndIndex);
        }
    }

    private static string ActionOf(AIContent content) =>
        content.AdditionalProperties?.TryGetValue(GrokKeys.Content.Item, out string? json) == true && json is not null
            && JsonElementOf(json).TryGetProperty("type", out var type) && type.GetString() is { Length: > 0 } name ? name : "action";

    private static JsonElement JsonElementOf(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static void SetIfNotNull(AdditionalPropertiesDictionary metadata, string key, object? value)
    {
        if (value is not null)
        {
            metadata[key] = value;
        }
    }
}
