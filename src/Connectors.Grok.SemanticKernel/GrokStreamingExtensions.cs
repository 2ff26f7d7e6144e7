using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Converts streamed answers to messages.</summary>
public static class GrokStreamingExtensions
{
    /// <summary>
    /// Creates the message to add to the history after a stream of <see cref="GrokChatCompletionService"/>: the text with its reasoning,
    /// citations, ids and function calls. Calls that the kernel invoked are already in the history.
    /// </summary>
    /// <param name="chunks">All chunks of one answer, in order.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="chunks"/> is null.</exception>
    /// <exception cref="ArgumentException">No chunk was streamed by <see cref="GrokChatCompletionService"/>.</exception>
    public static ChatMessageContent ToChatMessageContent(this IEnumerable<StreamingChatMessageContent> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        var list = chunks.ToList();
        var updates = list.Select(static c => c.InnerContent).OfType<ChatResponseUpdate>().ToList();
        if (updates.Count == 0)
        {
            throw new ArgumentException("No chunk was streamed by GrokChatCompletionService. Pass all chunks of one streamed answer.", nameof(chunks));
        }

        var last = updates.FindLastIndex(static u => u.Contents.Any(static c => c is Microsoft.Extensions.AI.FunctionResultContent)) + 1;
        var mapper = new AnswerMapper(FunctionNames.FromChunks(list));
        var answer = mapper.ToContents((last == updates.Count ? updates : updates[last..]).ToChatResponse())[^1];
        var before = string.Concat(updates.Take(last == updates.Count ? 0 : last).Where(static u => u.Role != ChatRole.Tool).Select(static u => u.Text));
        if (before.Length > 0)
        {
            answer.Items.Insert(0, new Microsoft.SemanticKernel.TextContent(before));
        }

        return answer;
    }
}
