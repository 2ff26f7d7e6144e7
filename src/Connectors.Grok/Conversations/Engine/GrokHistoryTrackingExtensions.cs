using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>History tracking over a chat client.</summary>
public static class GrokHistoryTrackingExtensions
{
    /// <summary>
    /// Wraps a client for hosts that pass the whole history with every call and keep no ids, such as Semantic Kernel, agents, workflows and
    /// most hand-written loops. The returned client recognizes the history, sends only the new messages while the service stores the rest,
    /// and otherwise sends the whole history. Needs no store.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Each answer carries its response id and a hash of the history as texts under <see cref="GrokKeys"/>, on its message and on its first
    /// content. These texts survive the conversions of a host and a history saved as JSON. They are believed only when this process remembers
    /// the answer, or when <see cref="HistoryTrackingOptions.HistoryKey"/> signed them. A history that lost them is recognized by its content,
    /// within this process.
    /// </para>
    /// <para>
    /// A history that was edited continues from the last answer before the edit. A history that was shortened, whose response has expired,
    /// whose instructions changed, or that nothing confirms is sent as a whole. Other instructions are part of the hash.
    /// </para>
    /// <para>
    /// No answer carries a <c>ConversationId</c>, so function loops that append to the history keep working. When the caller sets a
    /// <c>ConversationId</c>, the call is passed on unchanged. Over a <see cref="ConversationChatClient"/> that client keeps the state,
    /// which then outlives the stored response. Safe for concurrent use.
    /// </para>
    /// </remarks>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one, below the function invocation. Disposed with the returned client.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The client that tracks histories.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range; <c>ParamName</c> is its name.</exception>
    public static IChatClient AsHistoryTrackingClient(this IChatClient client, HistoryTrackingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new HistoryTrackingChatClient(client, (options ?? new HistoryTrackingOptions()).Checked());
    }
}
