namespace Connectors.Grok.SemanticKernel;

/// <summary>The keys of <c>Metadata</c> on messages and contents of <see cref="GrokChatCompletionService"/>. The metadata also contains the keys of <see cref="GrokKeys"/>.</summary>
public static class GrokMetadataKeys
{
    /// <summary>On a message: the id of its response (string).</summary>
    public const string Id = "Id";

    /// <summary>On a message: the finish reason, such as <c>stop</c>, <c>tool_calls</c> or <c>length</c> (string).</summary>
    public const string FinishReason = "FinishReason";

    /// <summary>On a message: the creation time of its response (<see cref="DateTimeOffset"/>).</summary>
    public const string CreatedAt = "CreatedAt";

    /// <summary>On the returned message: the tokens and cost of all requests for it (<c>Microsoft.Extensions.AI.UsageDetails</c>).</summary>
    public const string Usage = "Usage";

    /// <summary>On a message: the text of the model's refusal (string).</summary>
    public const string Refusal = "Refusal";

    /// <summary>On a <c>ReasoningContent</c>: the encrypted reasoning, which is sent back with the history (string).</summary>
    public const string EncryptedContent = "EncryptedContent";
}
