using Microsoft.Extensions.Logging;

namespace Connectors.Grok;

/// <summary>Every line the library logs. Names, numbers and kinds only: no prompt, no answer, no key.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Sending again ({Attempt} of {Most}) after {Kind} (HTTP {Status}), in {Delay}.")]
    public static partial void Retry(ILogger logger, int attempt, int most, GrokErrorKind kind, int? status, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Warning, "Not sent, because xAI's Responses API does not take it: {What}. Said once per client.")]
    public static partial void Dropped(ILogger logger, string what);
}
