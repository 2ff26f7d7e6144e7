using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Transport.Http;

/// <summary>Hints that are appended to the service's message in an exception, when the request explains more than the service does.</summary>
internal static class ErrorHints
{
    /// <summary>Gets what the caller can do about an error; null when the service's message is sufficient.</summary>
    public static string? For(GrokException error, CreateResponseRequest request, GrokSettings settings) => error.Kind switch
    {
        _ when error.RefusesState && error.ServiceMessage?.Contains("Zero Data Retention", StringComparison.OrdinalIgnoreCase) != true =>
            "The service keeps no responses for this caller. Send the whole history without a ConversationId, and set Store = false; a conversation client does both.",
        GrokErrorKind.UnknownResponse when request.PreviousResponseId is { } id && !IsResponseId(id) =>
            $"'{PrintableText.Escape(id)}' is not the id of a response. To name conversations by your own ids, use client.AsConversationClient(store); without it, a ConversationId comes from an answer.",
        GrokErrorKind.UnknownResponse when request.PreviousResponseId is { } id =>
            $"The conversation cannot be continued from response '{PrintableText.Escape(id)}': it was never stored, was deleted, or {(settings.Host.Retention is { TotalDays: var days } ? FormattableString.Invariant($"is older than {days} days") : "has expired")}."
            + " Send the whole history without a ConversationId.",
        GrokErrorKind.InvalidRequest when request.PreviousResponseId is not null && InputImages.Contains(request.Input ?? []) =>
            "The message adds images to a stored conversation, which xAI may reject."
            + " Send the whole history without a ConversationId and with Store = false.",
        GrokErrorKind.EncryptedContentRejected =>
            "Encrypted reasoning must be sent back unchanged, in its position, and to the model family that produced it. Send the history without it.",
        GrokErrorKind.UnknownModel when settings.Host.NamesDeployments =>
            $"The requested model was '{request.Model}'; at {settings.Endpoint.Host} it must be the name of a deployment.",
        GrokErrorKind.ContextLength =>
            "The input no longer fits the context window of the model. Compact the conversation before it grows that long (ConversationOptions.Compaction, ConversationManager.CompactAsync, or GrokChatReducer for a history of your own),"
            + " send fewer or shorter messages, or use a model with a larger window.",
        GrokErrorKind.UnknownModel => $"The requested model was '{request.Model}'; GrokResponsesClient.ListModelsAsync lists the available models.",
        GrokErrorKind.InvalidRequest when error.Status == 404 && settings.Host.Form is { } form =>
            $"The path of the endpoint may be wrong: at this host it has the form {form}, to which the client adds /responses.",
        _ => null,
    };

    /// <summary>Whether an id has the form of the service: currently a UUID, <c>resp_…</c> in older documentation.</summary>
    private static bool IsResponseId(string id) => Guid.TryParse(id, out _) || id.StartsWith("resp_", StringComparison.Ordinal) || id.StartsWith("gen-", StringComparison.Ordinal);
}
