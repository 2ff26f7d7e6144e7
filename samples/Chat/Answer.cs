using Connectors.Grok;
using Connectors.Grok.Conversations;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>A complete answer, and the turn that was kept of it.</summary>
/// <param name="number">The turn's number in its conversation.</param>
/// <param name="turn">The turn.</param>
/// <param name="response">The answer.</param>
/// <param name="rebuilt">Why the whole conversation was sent for it; null when it was not.</param>
/// <param name="bytesSent">The size of the requests' bodies; more than one were sent when the service refused the first.</param>
internal sealed class Answer(int number, ConversationTurn turn, ChatResponse response, string? rebuilt, long bytesSent)
{
    public int Number => number;

    public string Text { get; } = Visible(response.Messages);

    public string? Model => response.ModelId;

    public string? ResponseId => response.ResponseId;

    /// <summary>The id to continue from on the service, or null when it does not keep the answer.</summary>
    public string? StoredId => turn.IsStored ? turn.ResponseId : null;

    public string? Rebuilt => rebuilt;

    public UsageDetails? Usage => response.Usage;

    public decimal? CostInUsd => response.Usage?.GetCostInUsd();

    public string? FinishReason => response.FinishReason?.Value;

    public long BytesSent => bytesSent;

    public IEnumerable<TextReasoningContent> Reasoning => ReasoningOf(response.Messages);

    public static IEnumerable<TextReasoningContent> ReasoningOf(IEnumerable<ChatMessage> messages) => messages
        .SelectMany(static m => m.Contents)
        .OfType<TextReasoningContent>()
        .Where(static r => r.Text.Length > 0 || !string.IsNullOrEmpty(r.ProtectedData));

    /// <summary>What a content shows to the user. A refusal is text that the model said, too.</summary>
    public static string Visible(AIContent content) => content switch
    {
        TextContent text => text.Text,
        ErrorContent error => error.Message,
        _ => "",
    };

    /// <summary>What messages show to the user.</summary>
    public static string Visible(IEnumerable<ChatMessage> messages) =>
        string.Concat(messages.SelectMany(static m => m.Contents).Select(Visible));
}
