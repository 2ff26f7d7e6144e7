using System.Text;
using Connectors.Grok;
using Microsoft.Extensions.AI;

namespace Chat;

/// <summary>One message and its answer: a node of the conversation's tree. Only finished answers become turns.</summary>
internal sealed class Turn(int number, Turn? parent, ChatMessage user, ChatResponse response, long bytesSent)
{
    public int Number => number;

    /// <summary>The turn before this one, or null for the first.</summary>
    public Turn? Parent => parent;

    public ChatMessage User => user;

    /// <summary>The assistant's messages, reasoning included, ready to be sent again.</summary>
    public IEnumerable<ChatMessage> Answer => response.Messages;

    public string Text { get; } = TextOf(response);

    public string? Model => response.ModelId;

    public string? ResponseId => response.ResponseId;

    /// <summary>The id to continue from, or null when the service does not have this turn (any more).</summary>
    public string? ConversationId { get; private set; } = response.ConversationId;

    public UsageDetails? Usage => response.Usage;

    public decimal? CostInUsd => response.Usage?.GetCostInUsd();

    public string? FinishReason => response.FinishReason?.Value;

    /// <summary>The size of the request's body.</summary>
    public long BytesSent => bytesSent;

    public IEnumerable<TextReasoningContent> Reasoning => response.Messages
        .SelectMany(static m => m.Contents)
        .OfType<TextReasoningContent>()
        .Where(static r => r.Text.Length > 0 || !string.IsNullOrEmpty(r.ProtectedData));

    /// <summary>The service does not know the response any more: from now on this turn is sent along as history.</summary>
    public void ForgetStored() => ConversationId = null;

    /// <summary>What a content shows to the user. A refusal is text that the model said, too.</summary>
    public static string Visible(AIContent content) => content switch
    {
        TextContent text => text.Text,
        ErrorContent error => error.Message,
        _ => "",
    };

    private static string TextOf(ChatResponse response)
    {
        var text = new StringBuilder();
        foreach (var content in response.Messages.SelectMany(static m => m.Contents))
        {
            text.Append(Visible(content));
        }

        return text.ToString();
    }
}
