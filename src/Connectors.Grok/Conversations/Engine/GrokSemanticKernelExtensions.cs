using Connectors.Grok.Conversations;
using Connectors.Grok.Conversations.Engine;
using Microsoft.Extensions.AI;

namespace Connectors.Grok;

/// <summary>A client as Semantic Kernel needs it.</summary>
public static class GrokSemanticKernelExtensions
{
    /// <summary>
    /// Keeps a conversation on the server for a host that passes the whole history with every call, loses reasoning and ids on the way, and
    /// cannot bear a conversation id: Semantic Kernel. Only what is new goes out while the service has the rest; no answer carries a
    /// <c>ConversationId</c>, so its function loop works.
    /// </summary>
    /// <remarks>
    /// Each answer is stamped, with texts under <see cref="GrokKeys"/> on its message and first content, which survive Semantic Kernel's
    /// conversions and a <c>ChatHistory</c> saved as JSON. What was edited, shortened, expired or lost its stamps is sent as a whole. A
    /// <c>ConversationId</c> that the caller sets is passed on, and nothing is left out then. Over a <see cref="ConversationChatClient"/>
    /// the state is that client's, and outlives the server's. Safe for concurrent use.
    /// </remarks>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one; below the function invocation. Disposed with the client returned.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range; <c>ParamName</c> is its name.</exception>
    public static IChatClient ForSemanticKernel(this IChatClient client, SemanticKernelStateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new StampedChatClient(client, (options ?? new SemanticKernelStateOptions()).Checked());
    }
}
