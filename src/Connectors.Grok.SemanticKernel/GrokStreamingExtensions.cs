using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace Connectors.Grok.SemanticKernel;

/// <summary>Streamed answers as messages.</summary>
public static class GrokStreamingExtensions
{
    /// <summary>
    /// The message to add to the history after a stream of <see cref="GrokChatCompletionService"/>: its text with the reasoning, citations,
    /// ids and calls that its text alone would lose. Calls that the kernel ran are in the history already.
    /// </summary>
    /// <param name="chunks">All pieces of one answer, in order.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="chunks"/> is null.</exception>
    /// <exception cref="ArgumentException">There are none, or they are not Grok's.</exception>
    public static ChatMessageContent ToChatMessageContent(this IEnumerable<StreamingChatMessageContent> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        var pieces = chunks.ToList();
        var updates = pieces.Select(static c => c.InnerContent).OfType<ChatResponseUpdate>().ToList();
        if (updates.Count == 0)
        {
            throw new ArgumentException("There is nothing in it that Grok streamed.", nameof(chunks));
        }

        var last = updates.FindLastIndex(static u => u.Contents.Any(static c => c is Microsoft.Extensions.AI.FunctionResultContent)) + 1;
        var mapper = new AnswerMapper(FunctionNames.Streamed(pieces));
        var answer = mapper.ToContents((last == updates.Count ? updates : updates[last..]).ToChatResponse())[^1];
        var before = string.Concat(updates.Take(last == updates.Count ? 0 : last).Where(static u => u.Role != ChatRole.Tool).Select(static u => u.Text));
        if (before.Length > 0)
        {
            answer.Items.Insert(0, new Microsoft.SemanticKernel.TextContent(before));
        }

        return answer;
    }
}
