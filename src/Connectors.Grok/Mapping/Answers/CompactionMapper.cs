using Connectors.Grok.Mapping.Contents;
using Connectors.Grok.Responses;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Mapping.Answers;

/// <summary>Maps a compaction to one message of the assistant that holds the summary.</summary>
internal static class CompactionMapper
{
    /// <summary>Maps the result of a compaction.</summary>
    /// <param name="compaction">The result.</param>
    /// <param name="model">The model that wrote it. The service reports no cost; the model's prices tell it.</param>
    /// <exception cref="GrokException">There is no summary.</exception>
    public static ChatResponse ToResponse(GrokCompaction compaction, GrokModelProfile model)
    {
        if (compaction.Output?.OfType<CompactionItem>().FirstOrDefault() is not { EncryptedContent.Length: > 0 } summary)
        {
            throw new GrokException(GrokErrorKind.Server, "The service compacted the conversation and returned no summary.") { IsTransient = false };
        }

        return new ChatResponse(new ChatMessage(ChatRole.Assistant, [.. HostedMapper.ToContents(summary)]) { MessageId = compaction.Id })
        {
            ResponseId = compaction.Id,
            ModelId = compaction.Model ?? model.Model,
            Usage = ToUsage(compaction.Usage, model),
        };
    }

    private static UsageDetails? ToUsage(CompactionUsage? usage, GrokModelProfile model)
    {
        if (UsageMapper.ToUsage(usage is null ? null : new ResponseUsage
        {
            InputTokens = usage.InputTokens,
            InputTokensDetails = usage.InputTokensDetails,
            OutputTokens = usage.OutputTokens,
            OutputTokensDetails = usage.OutputTokensDetails,
            TotalTokens = usage.TotalTokens,
        }, model) is not { } details)
        {
            return null;
        }

        if (model.CostInTicks(details.InputTokenCount ?? 0, details.CachedInputTokenCount ?? 0, details.OutputTokenCount ?? 0) is { } cost)
        {
            details.AdditionalCounts ??= [];
            details.AdditionalCounts[GrokKeys.Usage.CostInUsdTicks] = cost;
        }

        return details;
    }
}
