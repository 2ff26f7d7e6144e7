using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>A store's medium failed: a file that cannot be read, a server that is down; or a turn in it cannot be read. What was committed before is untouched.</summary>
/// <remarks>
/// This is the contract of all stores:
/// <list type="bullet">
/// <item><see cref="GrokException.IsTransient"/> is true when the same operation of the store may succeed later without a change of settings, data or rights: the medium
/// was busy, locked, starting, down, failing over or read-only for a while, a connection broke, or a lock or statement timed out. It is false for everything that a
/// person must change: a missing file, schema or right, a full disk, damaged or newer data, a lost key.</item>
/// <item>Nothing was changed, unless the message says that the outcome is unknown: the medium broke while it committed, and could not be asked afterwards. To repeat an
/// append is safe then: it returns true, or throws <see cref="InvalidOperationException"/> when the turn was stored the first time.</item>
/// <item>The message says what happened to which thing, and what to do. It holds no content of a conversation, no password and no connection string.</item>
/// <item>The caller's own cancellation is <see cref="OperationCanceledException"/>, also where the medium reports it as a failure.</item>
/// </list>
/// </remarks>
/// <param name="message">What went wrong and what to do, for a person. Holds no content of a conversation.</param>
/// <param name="innerException">The medium's own exception.</param>
public sealed class ConversationStoreException(string message, Exception? innerException = null) : GrokException(GrokErrorKind.ConversationStore, message, innerException)
{
    /// <summary>
    /// The answer that could not be kept: it was paid for, and can still be shown. The conversation's head has not moved. Null when the store failed before anything was
    /// sent. With an answer, <see cref="GrokException.IsTransient"/> still describes the store: to repeat the whole call would cost a second answer.
    /// </summary>
    public ChatResponse? Response { get; init; }
}
