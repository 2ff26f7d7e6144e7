using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.Responses;

namespace Chat;

/// <summary>Translates exceptions to one-line messages that say what happened and what to do.</summary>
internal static class Failure
{
    private const int MaxLength = 600;

    /// <summary>Returns the message for an expected failure; null for a bug.</summary>
    public static string? Describe(Exception e) => e switch
    {
        UserException => e.Message,
        ConversationConflictException conflict =>
            $"Another program continued this conversation. This answer is stored as {TerminalText.Name(conflict.ForkId, 200)}. Use /switch to continue there, or send the message again.",
        ConversationDeleteException left =>
            $"The conversation was deleted locally, but {Commands.Count(left.ResponseIds.Count, "response")} could not be deleted on the server: {Cause(left)} They expire within 30 days. Use /delete to retry.",
        ConversationBudgetException budget => $"The conversation has cost {TextView.Cost(budget.Cost)} and its budget is {TextView.Cost(budget.Budget)}. Raise --budget, or start another conversation.",
        ConversationStoreException { Response: not null } store => $"The answer could not be stored, and the conversation is unchanged. {Compose(store)}",
        ConversationStoreException store => Compose(store),
        GrokException grok => Describe(grok),
        InvalidDataException or KeyNotFoundException => e.Message,
        ArgumentException argument => Describe(argument),
        InvalidOperationException or NotSupportedException or IOException => e.Message,
        _ => null,
    };

    /// <summary>Returns the names of the available models that chat; null when they cannot be listed.</summary>
    public static async Task<string?> ModelNamesAsync(GrokResponsesClient responses, CancellationToken cancellationToken)
    {
        try
        {
            var models = await responses.ListModelsAsync(cancellationToken);
            // Only language models have a price for the text that they write. Some endpoints list no prices.
            var chatting = models.Any(WritesText) ? models.Where(WritesText) : models;
            var names = chatting.Select(static m => m.Id).OfType<string>().ToList();
            return names.Count > 0 ? string.Join(", ", names) : null;
        }
        catch (GrokException)
        {
            return null;
        }

        static bool WritesText(GrokModel model) => model.CompletionTextTokenPrice is not null;
    }

    private static string Describe(GrokException e) => e.Kind switch
    {
        GrokErrorKind.Authentication => Compose(e, "Check XAI_API_KEY."),
        GrokErrorKind.Permission => Compose(e, "Use a key with this permission, or another model."),
        GrokErrorKind.Quota => Compose(e, "Buy credits, or use another key."),
        GrokErrorKind.RateLimit => Compose(e, e.RetryAfter is { } wait ? $"Try again in {Math.Ceiling(wait.TotalSeconds)} s." : "Try again later."),
        // The connector's message ends with advice for programmers.
        GrokErrorKind.ContextLength => Compose(
            e.ServiceMessage ?? "The conversation no longer fits the context window of the model.", "Send a shorter message, or shorten the conversation with /compact or /rewind."),
        GrokErrorKind.EncryptedContentRejected => Compose(e.ServiceMessage ?? e.Message, "Go back with /rewind, or use the model that the conversation started with."),
        GrokErrorKind.Connection => Compose(e, "Check the endpoint (--endpoint or XAI_BASE_URL) and the network."),
        GrokErrorKind.Timeout => Compose(e, "Send the message again."),
        GrokErrorKind.StreamBroken => Compose(e, "The turn was not recorded; send the message again."),
        _ when IsNotTheApi(e) => Compose(e, "Check --endpoint or XAI_BASE_URL."),
        GrokErrorKind.Server => Compose(e, "Try again later."),
        GrokErrorKind.ContentPolicy => Compose(e, "Rephrase the message."),
        _ => Compose(e, ""),
    };

    /// <summary>Whether the endpoint is not the API: a web page, a redirect or an unknown route answered.</summary>
    private static bool IsNotTheApi(GrokException e) =>
        e.Status is (>= 300 and < 400) or 404 or 405 || e.Message.Contains("speak xAI's", StringComparison.Ordinal);

    /// <summary>Replaces names of connector settings, which are for programmers, with those of this program, and removes the parameter name.</summary>
    private static string Describe(ArgumentException e)
    {
        var message = e.ParamName is { } name ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : e.Message;
        return message
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.ApiKey)}", "The API key", StringComparison.Ordinal)
            .Replace("set it, or the environment variable XAI_API_KEY, to", "set the environment variable XAI_API_KEY to", StringComparison.Ordinal)
            .Replace(
                $"set it or {nameof(GrokChatClientOptions.Credential)}, or {nameof(GrokChatClientOptions.HandlerAuthenticates)} if a handler of the HttpClient authenticates the requests",
                "set XAI_BASE_URL instead of --endpoint",
                StringComparison.Ordinal)
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Endpoint)}", "The endpoint", StringComparison.Ordinal)
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Model)}", "--model", StringComparison.Ordinal);
    }

    private static string Compose(ConversationStoreException e) =>
        e.IsTransient ? "The conversations' file is locked by another program. Try again." : e.Message;

    private static string Cause(ConversationDeleteException e) => e.InnerException is GrokException { Kind: not GrokErrorKind.Timeout } grok ? Describe(grok) : "the operation was stopped or timed out.";

    private static string Compose(GrokException e, string advice) => Compose(e.Message, advice);

    private static string Compose(string text, string advice)
    {
        var message = TerminalText.Excerpt(text, MaxLength).TrimEnd();
        var separator = message is [.., '.' or '!' or '?' or '…'] || advice.Length == 0 ? "" : ".";
        return $"{message}{separator} {advice}".TrimEnd();
    }
}
