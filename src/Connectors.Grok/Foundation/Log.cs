using Microsoft.Extensions.Logging;

namespace Connectors.Grok.Foundation;

/// <summary>The log lines of the client; those of conversations are in ConversationTelemetry. Names, numbers and kinds only: no prompt, no answer, no credential. The exceptions need <see cref="WantsBodies"/>.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Request {ClientRequestId} failed with {Kind} (HTTP status: {Status}, the service's id: {RequestId}). Retry {Attempt} of {Most} starts in {Delay}.")]
    public static partial void Retry(ILogger logger, int attempt, int most, GrokErrorKind kind, int? status, TimeSpan delay, string? clientRequestId, string? requestId);

    public static void Dropped(ILogger logger, string what) => LogDropped(logger, PrintableText.Escape(what));

    public static void SentWithout(ILogger logger, string parameter) => LogSentWithout(logger, PrintableText.Escape(parameter));

    [LoggerMessage(6, LogLevel.Information, "A first message with images is sent with store: false, as xAI advises, so that its answer has no ConversationId. "
        + "Pass the history with the next message (a conversation client does), decide with ChatOptions.WithStore(true), or set GrokChatClientOptions.KeepImagesUnstored to false. Logged once per client.")]
    public static partial void ImagesUnstored(ILogger logger);

    [LoggerMessage(7, LogLevel.Warning, "Assistant messages are sent on top of the stored conversation that the ConversationId continues; its own answers reach the model twice. "
        + "Pass only new messages with a ConversationId, or the whole history without one. Logged once per client.")]
    public static partial void AnswersRepeated(ILogger logger);

    [LoggerMessage(8, LogLevel.Warning, "The stream of request {ClientRequestId} broke ({Kind}). Fetching the stored response {ResponseId}.")]
    public static partial void Recovering(ILogger logger, string clientRequestId, GrokErrorKind kind, string responseId);

    [LoggerMessage(9, LogLevel.Information, "The stored response {ResponseId} was fetched after the stream of request {ClientRequestId} broke.")]
    public static partial void Recovered(ILogger logger, string clientRequestId, string responseId);

    [LoggerMessage(10, LogLevel.Warning, "The stored response {ResponseId} of request {ClientRequestId} cannot replace the broken stream: {Reason}")]
    public static partial void NotRecovered(ILogger logger, string clientRequestId, string responseId, string reason);

    [LoggerMessage(11, LogLevel.Warning, "The HttpClient has the resilience handler {Handler}: this client does not retry. Set MaxRetries to retry here as well; then one call makes up to (1 + MaxRetries) times the requests of that handler.")]
    public static partial void RetriesLeftToHandler(ILogger logger, string handler);

    [LoggerMessage(12, LogLevel.Warning, "The HttpClient has the resilience handler {Handler}, and MaxRetries is {MaxRetries}: one call makes up to (1 + MaxRetries) times the requests of that handler. Set MaxRetries to 0, or remove the handler.")]
    public static partial void RetriesTwice(ILogger logger, string handler, int? maxRetries);

    [LoggerMessage(13, LogLevel.Information, "The service rejected the credential of request {ClientRequestId}. Renewing the credential.")]
    public static partial void RenewingCredential(ILogger logger, string clientRequestId);

    [LoggerMessage(14, LogLevel.Information, "The service does not know the new response that request {ClientRequestId} names. Repeating the request in {Delay}.")]
    public static partial void ResponseNotReadable(ILogger logger, string clientRequestId, TimeSpan delay);

    public static void PrefixChanged(ILogger logger, string key, string where, string change, string advice) => LogPrefixChanged(logger, PrintableText.Escape(key), where, change, advice);

    /// <summary>Whether bodies are logged: the options allow it, and the logger has the level Trace enabled.</summary>
    public static bool WantsBodies(GrokSettings settings) => settings.LogSensitiveData && settings.Logger.IsEnabled(LogLevel.Trace);

    [LoggerMessage(3, LogLevel.Trace, "{Method} {Route}: {Body}", SkipEnabledCheck = true)]
    public static partial void Sent(ILogger logger, string method, string route, string body);

    [LoggerMessage(4, LogLevel.Trace, "Received: {Body}", SkipEnabledCheck = true)]
    public static partial void Received(ILogger logger, string body);

    [LoggerMessage(2, LogLevel.Warning, "Dropped {What}: xAI's Responses API does not support it. Logged once per client.", EventName = nameof(Dropped))]
    private static partial void LogDropped(ILogger logger, string what);

    [LoggerMessage(13, LogLevel.Information, "A history with the prompt cache key {Key} no longer begins with the items sent before, so the service reads less of it from its prompt cache. "
        + "The first difference: {Item}, {Change}. {Advice} Logged once per key.", EventName = nameof(PrefixChanged))]
    private static partial void LogPrefixChanged(ILogger logger, string key, string item, string change, string advice);

    [LoggerMessage(5, LogLevel.Warning, "Resending without {Parameter}, which the service rejected.", EventName = nameof(SentWithout))]
    private static partial void LogSentWithout(ILogger logger, string parameter);
}
