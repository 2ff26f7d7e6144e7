using Connectors.Grok.Foundation;
using Connectors.Grok.Responses;

namespace Connectors.Grok.Transport.Http;

/// <summary>Hints that follow the service's words in an exception, where the request tells the client more than the service says.</summary>
internal static class ErrorHints
{
    /// <summary>What the caller can do about an error; null when the service's words suffice.</summary>
    public static string? For(GrokException error, CreateResponseRequest request) => error.Kind switch
    {
        GrokErrorKind.UnknownResponse when request.PreviousResponseId is { } id && !IsResponseId(id) =>
            $"'{id}' is not the id of a response. To name conversations by your own ids, use client.AsConversationClient(store); without it, a ConversationId comes from an answer.",
        GrokErrorKind.UnknownResponse when request.PreviousResponseId is { } id =>
            $"The conversation cannot be continued from response '{id}': it was never stored, was deleted, or is older than 30 days."
            + " Send the whole history without a ConversationId.",
        GrokErrorKind.InvalidRequest when request.PreviousResponseId is not null && InputImages.Contains(request.Input ?? []) =>
            "The message carries images into a stored conversation, which xAI may refuse."
            + " Send the whole history without a ConversationId and with Store = false.",
        GrokErrorKind.EncryptedContentRejected =>
            "Reasoning must go back unchanged, in its place, and to the model family it came from. Send the history without it.",
        GrokErrorKind.UnknownModel => $"The model asked for was '{request.Model}'; GrokResponsesClient.ListModelsAsync tells which there are.",
        _ => null,
    };

    /// <summary>Whether an id looks like one of the service: a bare UUID today, <c>resp_…</c> in older documents.</summary>
    private static bool IsResponseId(string id) => Guid.TryParse(id, out _) || id.StartsWith("resp_", StringComparison.Ordinal);
}
