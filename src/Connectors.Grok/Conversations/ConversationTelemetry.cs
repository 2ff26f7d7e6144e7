using System.Diagnostics;
using System.Diagnostics.Metrics;
using Connectors.Grok.Foundation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Conversations;

/// <summary>Logs and metrics of conversations. Ids and reasons only; ids are escaped, because callers choose them.</summary>
internal static partial class ConversationTelemetry
{
    private static readonly Meter Meter = new(GrokTelemetry.ConversationsMeterName);
    private static readonly Counter<long> Rebuilds = Meter.CreateCounter<long>(
        "grok.conversation.rebuilds", "{rebuild}", "Conversations resent in full, because they could not be continued by id.");

    private static readonly Counter<long> Compactions = Meter.CreateCounter<long>(
        "grok.conversation.compactions", "{compaction}", "Compactions of conversations, with their outcome.");

    public static ILogger Logger(ConversationOptions settings) => settings.LoggerFactory?.CreateLogger(GrokTelemetry.ConversationsMeterName) ?? NullLogger.Instance;

    public static void Rebuilt(ILogger logger, string name, RebuildReason reason)
    {
        Rebuilds.Add(1, new KeyValuePair<string, object?>("grok.rebuild.reason", reason.ToString()));
        Activity.Current?.SetTag("grok.conversation.rebuilt", reason.ToString());
        LogRebuilt(logger, PrintableText.Escape(name), reason);
    }

    public static void LeftOutCalls(ILogger logger, string turn) => LogLeftOutCalls(logger, PrintableText.Escape(turn));

    public static void LeftOutResults(ILogger logger, string conversation) => LogLeftOutResults(logger, PrintableText.Escape(conversation));

    [LoggerMessage(10, LogLevel.Information, "Resending the conversation {Name} in full: {Reason}.")]
    private static partial void LogRebuilt(ILogger logger, string name, RebuildReason reason);

    [LoggerMessage(11, LogLevel.Warning, "Left out function calls of the turn {Turn}, because their results did not come.", EventName = nameof(LeftOutCalls))]
    private static partial void LogLeftOutCalls(ILogger logger, string turn);

    [LoggerMessage(12, LogLevel.Warning, "Left out function results from the history of the conversation {Conversation}, because their calls are not in it.", EventName = nameof(LeftOutResults))]
    private static partial void LogLeftOutResults(ILogger logger, string conversation);

    public static void UnansweredNotKept(ILogger logger, string conversation, Exception e) => LogUnansweredNotKept(logger, PrintableText.Escape(conversation), e.GetType().Name);

    [LoggerMessage(16, LogLevel.Warning, "The unanswered question of the conversation {Conversation} could not be stored ({Type}).", EventName = nameof(UnansweredNotKept))]
    private static partial void LogUnansweredNotKept(ILogger logger, string conversation, string type);

    public static void Compacted(ILogger logger, string name, int turns, long before, long after)
    {
        Compactions.Add(1, new KeyValuePair<string, object?>("grok.compaction.outcome", "compacted"));
        LogCompacted(logger, PrintableText.Escape(name), turns, before, after);
    }

    public static void CompactionFailed(ILogger logger, string name, GrokErrorKind kind)
    {
        Compactions.Add(1, new KeyValuePair<string, object?>("grok.compaction.outcome", kind.ToString()));
        LogCompactionFailed(logger, PrintableText.Escape(name), kind);
    }

    [LoggerMessage(13, LogLevel.Information, "Compacted {Turns} turns of the conversation {Name}: {Before} tokens became {After}.")]
    private static partial void LogCompacted(ILogger logger, string name, int turns, long before, long after);

    [LoggerMessage(14, LogLevel.Warning, "The conversation {Name} could not be compacted ({Kind}) and continues as it is.")]
    private static partial void LogCompactionFailed(ILogger logger, string name, GrokErrorKind kind);

    [LoggerMessage(15, LogLevel.Warning, "The answers of the service carry no cost: the Budget of conversations is never reached. Set GrokChatClientOptions.Prices, or ConversationOptions.BudgetNeedsPrice to end such conversations. Logged once per client.")]
    public static partial void BudgetWithoutPrice(ILogger logger);

    public static void Reduced(ILogger logger, int messages, long before, long after)
    {
        Compactions.Add(1, new KeyValuePair<string, object?>("grok.compaction.outcome", "compacted"));
        LogReduced(logger, messages, before, after);
    }

    public static void ReductionFailed(ILogger logger, GrokErrorKind kind)
    {
        Compactions.Add(1, new KeyValuePair<string, object?>("grok.compaction.outcome", kind.ToString()));
        LogReductionFailed(logger, kind);
    }

    [LoggerMessage(20, LogLevel.Information, "Compacted {Messages} messages of a carried history: {Before} tokens became {After}.")]
    private static partial void LogReduced(ILogger logger, int messages, long before, long after);

    [LoggerMessage(21, LogLevel.Warning, "A carried history could not be compacted ({Kind}) and is sent as it is.")]
    private static partial void LogReductionFailed(ILogger logger, GrokErrorKind kind);
}
