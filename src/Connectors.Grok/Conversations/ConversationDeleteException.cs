namespace Connectors.Grok.Conversations;

/// <summary>A conversation is deleted here, but some of its responses are still stored on the server.</summary>
/// <param name="responseIds">Those responses.</param>
/// <param name="cause">Why the first of them could not be deleted.</param>
public sealed class ConversationDeleteException(IReadOnlyList<string> responseIds, Exception cause)
    : GrokException(GrokErrorKind.ConversationDelete, $"{responseIds.Count} stored responses could not be deleted on the server: {cause.Message} Try again with ConversationManager.DeleteResponsesAsync.", cause)
{
    /// <summary>The responses that are still stored on the server.</summary>
    public IReadOnlyList<string> ResponseIds { get; } = responseIds;
}
