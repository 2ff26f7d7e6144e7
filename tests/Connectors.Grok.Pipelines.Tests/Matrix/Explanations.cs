using System.ClientModel;
using Connectors.Grok.Tests;

namespace Connectors.Grok.Pipelines.Tests.Matrix;

/// <summary>Why a scenario ends otherwise than its row promises; each is a heading of docs/hosts.md.</summary>
internal static class Explanations
{
    public static IReadOnlyList<Explanation> All { get; } =
    [
        Explanation.OfObservation("sends the history", "sends-the-history"),
        Explanation.OfObservation("keeps all", "the-service-keeps-all-messages"),
        Explanation.OfObservation("asks again", "each-conversation-has-its-own-cache-entries"),
        Explanation.OfObservation("one conversation", "agents-share-one-conversation"),
        Explanation.OfObservation("looks complete", "a-failed-answer-looks-complete"),
        new("throws", "the-service-no-longer-has-the-response", static e => e is GrokException { Kind: GrokErrorKind.UnknownResponse } || IsRejected(e, 404, "")),
        Explanation.OfObservation("throws", "instructions-of-a-continued-response"),
        new("throws", "instructions-of-a-continued-response", static e => IsRejected(e, 400, "instructions")),
        new("throws", "an-answer-that-cannot-be-continued", static e => IsRejected(e, 400, "content element")),
        new("throws", "service-did-not-return-a-valid-conversation-id", static e => e is InvalidOperationException && e.Message.Contains("valid conversation id", StringComparison.Ordinal)),
        new("throws", "a-chat-history-provider-and-stored-ids", static e => e is InvalidOperationException && e.Message.Contains("ChatHistoryProvider", StringComparison.Ordinal)),
    ];

    private static bool IsRejected(Exception e, int status, string word) => e is ClientResultException rejected && rejected.Status == status
        && rejected.GetRawResponse()?.Content.ToString().Contains(word, StringComparison.OrdinalIgnoreCase) == true;
}
