using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Conversations;

/// <summary>Logs and metrics of conversations. Ids and reasons only.</summary>
internal static partial class ConversationTelemetry
{
    private static readonly Meter Meter = new(GrokTelemetry.ConversationsMeterName);
    private static readonly Counter<long> Rebuilds = Meter.CreateCounter<long>(
        "grok.conversation.rebuilds", "{rebuild}", "Conversations resent in full, because they could not be continued by id.");

    public static ILogger Logger(ConversationOptions settings) => settings.LoggerFactory?.CreateLogger(GrokTelemetry.ConversationsMeterName) ?? NullLogger.Instance;

    public static void Rebuilt(ILogger logger, string name, RebuildReason reason)
    {
        Rebuilds.Add(1, new KeyValuePair<string, object?>("grok.rebuild.reason", reason.ToString()));
        Activity.Current?.SetTag("grok.conversation.rebuilt", reason.ToString());
        LogRebuilt(logger, name, reason);
    }

    [LoggerMessage(10, LogLevel.Information, "Resending the conversation {Name} in full: {Reason}.")]
    private static partial void LogRebuilt(ILogger logger, string name, RebuildReason reason);

    [LoggerMessage(11, LogLevel.Warning, "Left out function calls of the turn {Turn}, because their results did not come.")]
    public static partial void LeftOutCalls(ILogger logger, string turn);

    [LoggerMessage(12, LogLevel.Warning, "Left out function results from the history of the conversation {Conversation}, because their calls are not in it.")]
    public static partial void LeftOutResults(ILogger logger, string conversation);
}
