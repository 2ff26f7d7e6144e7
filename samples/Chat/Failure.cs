using Connectors.Grok;
using Connectors.Grok.Conversations;

namespace Chat;

/// <summary>What went wrong → one line for a person: what was wrong, and what to do.</summary>
internal static class Failure
{
    private const int MostWords = 600;

    /// <summary>The line for a failure, or null when it is none that can be foreseen, but a bug.</summary>
    public static string? Describe(Exception e) => e switch
    {
        UserException => e.Message,
        ConversationConflictException conflict =>
            $"Another program went on with this conversation meanwhile. This answer is kept as {conflict.ForkId}: /switch goes on there; or send the message again.",
        ConversationDeleteException left =>
            $"The conversation is deleted here, but {Commands.Count(left.ResponseIds.Count, "response")} of it could not be deleted on the server: {Cause(left)} They expire there within 30 days; /delete tries again before you leave.",
        ConversationBudgetException budget => $"The conversation has cost {TextView.Cost(budget.Cost)} and may cost {TextView.Cost(budget.Budget)}: raise --budget, or begin another one.",
        ConversationStoreException { Response: not null } store => $"The answer could not be kept, and the conversation stands where it was. {Words(store)}",
        ConversationStoreException store => Words(store),
        GrokException grok => Describe(grok),
        InvalidDataException or KeyNotFoundException => e.Message,
        ArgumentException argument => Describe(argument),
        InvalidOperationException or NotSupportedException or IOException => e.Message,
        _ => null,
    };

    /// <summary>The names of the models, where the one asked for is unknown; null where they cannot be had.</summary>
    public static async Task<string?> ModelNamesAsync(GrokResponsesClient responses, CancellationToken cancellationToken)
    {
        try
        {
            var names = (await responses.ListModelsAsync(cancellationToken)).Select(static m => m.Id).OfType<string>().ToList();
            return names.Count > 0 ? string.Join(", ", names) : null;
        }
        catch (GrokException)
        {
            return null;
        }
    }

    private static string Describe(GrokException e) => e.Kind switch
    {
        GrokErrorKind.Authentication => Words(e, "Check XAI_API_KEY."),
        GrokErrorKind.Permission => Words(e, "Use a key that may do this, or ask for another model."),
        GrokErrorKind.Quota => Words(e, "Buy credits, or use another key."),
        GrokErrorKind.RateLimit => Words(e, e.RetryAfter is { } wait ? $"Try again in {Math.Ceiling(wait.TotalSeconds)} s." : "Wait a little and try again."),
        GrokErrorKind.ContextLength => Words(e, "Go back with /rewind, or start anew."),
        GrokErrorKind.EncryptedContentRejected => Words(e, "Go back with /rewind, or use the model that the conversation began with."),
        GrokErrorKind.Connection => Words(e, "Check the endpoint (--endpoint or XAI_BASE_URL) and the network."),
        GrokErrorKind.Timeout => Words(e, "Send the message again."),
        GrokErrorKind.StreamBroken => Words(e, "The turn was not recorded; send the message again."),
        _ when IsElsewhere(e) => Words(e, "Check --endpoint or XAI_BASE_URL."),
        GrokErrorKind.Server => Words(e, "Try again later."),
        GrokErrorKind.ContentPolicy => Words(e, "Say it another way."),
        _ => Words(e, ""),
    };

    /// <summary>A web page, a redirection or an unknown route: whatever answers there, it is not the API.</summary>
    private static bool IsElsewhere(GrokException e) =>
        e.Status is (>= 300 and < 400) or 404 or 405 || e.Message.Contains("speak xAI's", StringComparison.Ordinal);

    /// <summary>The connector speaks to programmers: its settings' names become those of this program, and the parameter's name goes.</summary>
    private static string Describe(ArgumentException e)
    {
        var words = e.ParamName is { } name ? e.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal) : e.Message;
        return words
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.ApiKey)}", "The API key", StringComparison.Ordinal)
            .Replace("set it, or the environment variable XAI_API_KEY, to", "set the environment variable XAI_API_KEY to", StringComparison.Ordinal)
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Endpoint)}", "The endpoint", StringComparison.Ordinal)
            .Replace($"{nameof(GrokChatClientOptions)}.{nameof(GrokChatClientOptions.Model)}", "--model", StringComparison.Ordinal);
    }

    private static string Words(ConversationStoreException e) =>
        e.IsTransient ? "The conversations' file is in use by another program, which does not let go of it: try again." : e.Message;

    private static string Cause(ConversationDeleteException e) => e.InnerException is GrokException { Kind: not GrokErrorKind.Timeout } grok ? Describe(grok) : "it was stopped, or took too long.";

    private static string Words(GrokException e, string advice)
    {
        var words = TerminalText.Excerpt(e.Message, MostWords).TrimEnd();
        var stop = words is [.., '.' or '!' or '?' or '…'] || advice.Length == 0 ? "" : ".";
        return $"{words}{stop} {advice}".TrimEnd();
    }
}
