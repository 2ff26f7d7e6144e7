using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>How long a conversation is after an answer.</summary>
internal static class ContextTokens
{
    /// <summary>The tokens of the last request and its answer; 0 when the service did not say.</summary>
    public static long Of(ChatResponse response)
    {
        // An answer with calls that the service ran counts the input of every round; the context is that of the last one.
        var (input, output) = (response.RawRepresentation as GrokResponse)?.Usage?.ContextDetails is { } context
            ? (context.InputTokens, context.OutputTokens)
            : (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount);
        return Math.Max(input ?? 0, 0) + Math.Max(output ?? 0, 0);
    }
}
