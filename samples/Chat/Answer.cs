using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>A complete answer and its stored turn.</summary>
/// <param name="number">The turn's number in its conversation.</param>
/// <param name="turn">The turn.</param>
/// <param name="response">The answer.</param>
/// <param name="rebuilt">Why the conversation was resent in full; null when it was not.</param>
/// <param name="bytesSent">The total size of the request bodies; a rebuild takes more than one request.</param>
internal sealed class Answer(int number, ConversationTurn turn, ChatResponse response, string? rebuilt, long bytesSent)
{
    public int Number => number;

    public string Text { get; } = VisibleText(response.Messages);

    public string? Model => response.ModelId;

    public string? ResponseId => response.ResponseId;

    /// <summary>The response id to continue from, or null when xAI does not store the response.</summary>
    public string? StoredId => turn.IsStored ? turn.ResponseId : null;

    public string? Rebuilt => rebuilt;

    public UsageDetails? Usage => response.Usage;

    public decimal? CostInUsd => response.Usage?.GetCostInUsd();

    public string? FinishReason => response.FinishReason?.Value;

    public long BytesSent => bytesSent;

    public IEnumerable<TextReasoningContent> Reasoning => GetReasoning(response.Messages);

    public static IEnumerable<TextReasoningContent> GetReasoning(IEnumerable<ChatMessage> messages) => messages
        .SelectMany(static m => m.Contents)
        .OfType<TextReasoningContent>()
        .Where(static r => r.Text.Length > 0 || !string.IsNullOrEmpty(r.ProtectedData));

    /// <summary>Returns the text of a content that is shown to the user, including a refusal.</summary>
    public static string VisibleText(AIContent content) => content switch
    {
        TextContent text => text.Text,
        ErrorContent error => error.Message,
        _ => "",
    };

    /// <summary>Returns the text of messages that is shown to the user.</summary>
    public static string VisibleText(IEnumerable<ChatMessage> messages) =>
        string.Concat(messages.SelectMany(static m => m.Contents).Select(VisibleText));
}
