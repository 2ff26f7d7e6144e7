using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>A store's medium failed: a file that cannot be read, a server that is down. What was committed before is untouched.</summary>
/// <remarks><see cref="GrokException.IsTransient"/> says whether the medium was busy, down or starting, so that the same call may succeed later.</remarks>
/// <param name="message">What went wrong and what to do, for a person. Holds no content of a conversation.</param>
/// <param name="innerException">The medium's own exception.</param>
public sealed class ConversationStoreException(string message, Exception? innerException = null) : GrokException(GrokErrorKind.ConversationStore, message, innerException)
{
    /// <summary>The answer that could not be kept: it was paid for, and can still be shown. The conversation stands where it was. Null when the store failed before anything was sent.</summary>
    public ChatResponse? Response { get; init; }
}
