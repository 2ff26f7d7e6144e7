namespace Connectors.Grok.SemanticKernel;

/// <summary>The keys of <c>Metadata</c> on what <see cref="GrokChatCompletionService"/> returns. Those of <see cref="GrokKeys"/> come along.</summary>
public static class GrokMetadataKeys
{
    /// <summary>On a message: the id of the response it came from (text).</summary>
    public const string Id = "Id";

    /// <summary>On a message: why the answer ended, such as <c>stop</c>, <c>tool_calls</c> or <c>length</c> (text).</summary>
    public const string FinishReason = "FinishReason";

    /// <summary>On a message: when the response was made (<see cref="DateTimeOffset"/>).</summary>
    public const string CreatedAt = "CreatedAt";

    /// <summary>On the message that is returned: tokens and cost of all requests it took (<c>Microsoft.Extensions.AI.UsageDetails</c>).</summary>
    public const string Usage = "Usage";

    /// <summary>On a message: the model's words when it refused (text).</summary>
    public const string Refusal = "Refusal";

    /// <summary>On a <c>ReasoningContent</c>: the sealed reasoning, which goes back with the history (text).</summary>
    public const string EncryptedContent = "EncryptedContent";
}
