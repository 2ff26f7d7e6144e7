using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connectors.Grok.Conversations;

/// <summary>What can be seen from outside of conversations being kept alive. Ids and reasons only.</summary>
internal static partial class ConversationTelemetry
{
    private static readonly Meter Meter = new(GrokTelemetry.ConversationsMeterName);
    private static readonly Counter<long> Rebuilds = Meter.CreateCounter<long>(
        "grok.conversation.rebuilds", "{rebuild}", "Conversations sent anew as a whole, because the service did not have them (any more).");

    public static ILogger Logger(ConversationOptions settings) => settings.LoggerFactory?.CreateLogger(GrokTelemetry.ConversationsMeterName) ?? NullLogger.Instance;

    public static void Rebuilt(ILogger logger, string name, RebuildReason reason)
    {
        Rebuilds.Add(1, new KeyValuePair<string, object?>("grok.rebuild.reason", reason.ToString()));
        Activity.Current?.SetTag("grok.conversation.rebuilt", reason.ToString());
        LogRebuilt(logger, name, reason);
    }

    [LoggerMessage(10, LogLevel.Information, "The conversation {Name} is sent anew as a whole: {Reason}.")]
    private static partial void LogRebuilt(ILogger logger, string name, RebuildReason reason);

    [LoggerMessage(11, LogLevel.Warning, "The turn {Turn} made calls whose results did not come. The conversation goes on from the last turn before it that waits for nothing; what was said since is left out.")]
    public static partial void LeftOut(ILogger logger, string turn);
}
