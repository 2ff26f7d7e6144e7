using System.Text;
using Connectors.Grok.Mapping;
using Connectors.Grok.Mapping.Contents;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations.Engine;

/// <summary>The length of messages in tokens, as far as it can be told without the service.</summary>
internal static class TokenEstimate
{
    private const int BytesPerToken = 4;
    private const int TokensPerMessage = 3;
    private const int TokensPerImage = 1_500;

    public static long Of(ChatMessage message)
    {
        // The service counted the tokens of a summary; its text is encrypted.
        var summary = message.Contents.Any(GrokChatReducer.IsSummary) ? message.Contents.OfType<UsageContent>().LastOrDefault()?.Details.OutputTokenCount : null;
        return TokensPerMessage + (summary ?? message.Contents.Sum(Of));
    }

    /// <summary>The encrypted reasoning or the item of a hosted tool that a content holds; null for other contents.</summary>
    public static string? KeptText(AIContent content) =>
        content is TextReasoningContent reasoning ? reasoning.ProtectedData ?? reasoning.Text : content.AdditionalProperties.GetText(GrokKeys.Content.Item);

    private static long Of(AIContent content) => content switch
    {
        TextContent text => OfText(text.Text),
        FunctionCallContent call => OfText(call.Name) + (call.Arguments?.Sum(static a => OfText(a.Key) + OfText(a.Value?.ToString())) ?? 0),
        FunctionResultContent result => OfText(result.Result?.ToString()),
        DataContent data when !data.HasTopLevelMediaType("image") => data.Data.Length / BytesPerToken,
        DataContent or UriContent => TokensPerImage,
        _ => OfText(KeptText(content)),
    };

    private static long OfText(string? text) => text is null ? 0 : (Encoding.UTF8.GetByteCount(text) + BytesPerToken - 1) / BytesPerToken;
}
