using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Converts function results that are Semantic Kernel objects, such as the message of a prompt function, to text.</summary>
internal sealed class KernelResultClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(messages.Select(ToText), options, cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(messages.Select(ToText), options, cancellationToken);

    private static ChatMessage ToText(ChatMessage message)
    {
        if (!message.Contents.Any(static c => c is Microsoft.Extensions.AI.FunctionResultContent { Result: KernelContent or FunctionResult }))
        {
            return message;
        }

        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(ToText)];
        return copy;
    }

    private static AIContent ToText(AIContent content) =>
        content is Microsoft.Extensions.AI.FunctionResultContent { Result: KernelContent or FunctionResult } result
            ? new Microsoft.Extensions.AI.FunctionResultContent(result.CallId, result.Result.ToString()) { AdditionalProperties = result.AdditionalProperties }
            : content;
}
