using Connectors.Grok.Mapping.Requests;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.History;

/// <summary>What is left out of a history before it is sent.</summary>
internal static class ConversationHistory
{
    /// <summary>
    /// The history without calls that have no result and requests for approval that have no decision: the service rejects a history with
    /// a call that has no result.
    /// </summary>
    public static IReadOnlyList<ChatMessage> WithoutOpen(IReadOnlyList<ChatMessage> history, IReadOnlyList<ChatMessage> input)
    {
        var decided = input.SelectMany(static m => m.Contents).Select(Approvals.DecidedOn).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return AnsweredCalls.Without(history, input, (content, answered) =>
            (content is FunctionCallContent { InformationalOnly: false } call && !answered.Contains(call.CallId))
            || (Approvals.CallIdOf(content) is { } id && !answered.Contains(id) && !decided.Contains(id)));
    }

    /// <summary>Whether the last content is the result of a function: a function ended the loop below, and the service knows none of its results.</summary>
    public static bool EndsWithResults(IList<AIContent>? contents) => contents is { Count: > 0 } && contents[^1] is FunctionResultContent;

    /// <summary>Whether one of the messages holds the result of a function.</summary>
    public static bool HasResults(IReadOnlyList<ChatMessage> messages)
    {
        // Every call asks, and few have results: a loop allocates less than a query.
        foreach (var message in messages)
        {
            foreach (var content in message.Contents)
            {
                if (content is FunctionResultContent)
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static bool HasReasoning(ChatMessage message) => message.Contents.Any(static c => c is TextReasoningContent);

    public static ChatMessage WithoutReasoning(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Where(static c => c is not TextReasoningContent)];
        return copy;
    }
}
