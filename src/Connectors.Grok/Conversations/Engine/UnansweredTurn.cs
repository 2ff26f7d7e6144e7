using Connectors.Grok.Foundation;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>What is kept of a question whose answer did not complete.</summary>
internal static class UnansweredTurn
{
    /// <summary>How long storing such a turn may take: the caller waits for it after it cancelled the call.</summary>
    public static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(10);

    /// <summary>Whether the question is kept.</summary>
    /// <param name="failure">The exception of the call; null when the caller stopped reading.</param>
    /// <param name="hasBegun">Whether a part of the answer came.</param>
    public static bool IsKept(Exception? failure, bool hasBegun) => failure switch
    {
        // The complete answer is in the exception.
        ConversationStoreException or ConversationConflictException => false,
        null or OperationCanceledException => true,
        _ when hasBegun => true,
        // Other kinds say that the service, or this client, rejected the request.
        GrokException { Kind: GrokErrorKind.Server or GrokErrorKind.StreamBroken or GrokErrorKind.Connection or GrokErrorKind.Timeout } => true,
        _ => false,
    };

    public static GrokErrorKind? FailureOf(Exception? failure) => failure switch
    {
        null or OperationCanceledException => null,
        GrokException e => e.Kind,
        _ => GrokErrorKind.Other,
    };

    /// <summary>The text and the reasoning of a partial answer, as one message. Calls and results of tools are left out: they may be incomplete.</summary>
    public static ChatResponse Reduced(ChatResponse? partial)
    {
        var contents = partial?.Messages.Where(static m => m.Role == ChatRole.Assistant).SelectMany(static m => m.Contents)
            .Where(static c => c is TextContent { Text.Length: > 0 } or TextReasoningContent { Text.Length: > 0 }).ToList() ?? [];
        return new ChatResponse(contents.Count == 0 ? [] : [new ChatMessage(ChatRole.Assistant, contents)]) { ModelId = partial?.ModelId };
    }
}
