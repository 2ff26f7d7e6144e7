using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>Conversations over a chat client.</summary>
public static class GrokConversationExtensions
{
    /// <summary>Conversations under the application's own ids, kept in a store, that outlive what the service keeps.</summary>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one.</param>
    /// <param name="store">Keeps the conversations.</param>
    /// <param name="options">The options; null for the defaults.</param>
    public static ConversationChatClient AsConversationClient(this IChatClient client, IConversationStore store, ConversationOptions? options = null) =>
        new(client, store, options);
}
