using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Says in words what a kernel function returned as an object of Semantic Kernel's own: a prompt function's message, say.</summary>
internal sealed class KernelResultClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetResponseAsync(messages.Select(InWords), options, cancellationToken);

    public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        base.GetStreamingResponseAsync(messages.Select(InWords), options, cancellationToken);

    private static ChatMessage InWords(ChatMessage message)
    {
        if (!message.Contents.Any(static c => c is Microsoft.Extensions.AI.FunctionResultContent { Result: KernelContent or FunctionResult }))
        {
            return message;
        }

        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(InWords)];
        return copy;
    }

    private static AIContent InWords(AIContent content) =>
        content is Microsoft.Extensions.AI.FunctionResultContent { Result: KernelContent or FunctionResult } result
            ? new Microsoft.Extensions.AI.FunctionResultContent(result.CallId, result.Result.ToString()) { AdditionalProperties = result.AdditionalProperties }
            : content;
}
