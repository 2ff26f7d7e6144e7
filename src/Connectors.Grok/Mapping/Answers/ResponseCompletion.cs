using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>The final state of a response: why it ended, and whether a conversation can continue from it.</summary>
internal static class ResponseCompletion
{
    public static ChatFinishReason FinishReason(GrokResponse response, bool hasCalls)
    {
        if (response.Status != "incomplete")
        {
            return hasCalls ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop;
        }

        return response.IncompleteDetails?.Reason switch
        {
            null or "max_output_tokens" or "max_prompt_tokens" => ChatFinishReason.Length,
            // A ChatFinishReason cannot be blank.
            var blank when string.IsNullOrWhiteSpace(blank) => ChatFinishReason.Length,
            // Includes content_filter, which both sides spell alike.
            var other => new ChatFinishReason(other),
        };
    }

    /// <summary>
    /// Gets the response id that a later request can continue. Null when the response is not stored, failed or was cancelled, has no output
    /// (the service refuses to continue an empty output), or was truncated and contains function calls.
    /// </summary>
    public static string? ConversationId(GrokResponse response, CreateResponseRequest request, bool hasOutput, bool hasCalls)
    {
        var isStored = request.Store != false && response.Store != false && response.Headers?.ZeroDataRetention != true;
        var isWhole = response.Status is "completed" || (response.Status is "incomplete" && !hasCalls);
        return isStored && isWhole && hasOutput && !string.IsNullOrEmpty(response.Id) ? response.Id : null;
    }

    /// <summary>Whether an item holds anything that a conversation can continue from: the service rejects a chain from reasoning or empty text alone.</summary>
    public static bool HasSubstance(ResponseItem item) => item switch
    {
        ReasoningItem => false,
        MessageItem message => message.Content?.Any(static p => p is not OutputTextPart { Text: null or "" }) == true,
        _ => true,
    };

    public static DateTimeOffset? CreatedAt(GrokResponse response) =>
        response.CreatedAt is > 0 and < 253402300800 ? DateTimeOffset.FromUnixTimeSeconds(response.CreatedAt.Value) : null;

    /// <summary>Gets the service metadata of an answer, for the message: a coalesced stream has it there too.</summary>
    public static AdditionalPropertiesDictionary? Properties(GrokResponse response)
    {
        var properties = new AdditionalPropertiesDictionary();
        Add(GrokKeys.Answer.RequestId, response.Headers?.RequestId);
        Add(GrokKeys.Answer.ServiceTier, response.ServiceTier);
        Add(GrokKeys.Answer.RemainingRequests, response.Headers?.RemainingRequests);
        Add(GrokKeys.Answer.RemainingTokens, response.Headers?.RemainingTokens);
        return properties.Count > 0 ? properties : null;

        void Add(string key, object? value)
        {
            if (value is not null)
            {
                properties[key] = value;
            }
        }
    }
}
