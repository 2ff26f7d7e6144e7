using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>Conversations over a chat client.</summary>
public static class GrokConversationExtensions
{
    /// <summary>Conversations under the application's own ids, kept in a store, that outlive what the service keeps.</summary>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one.</param>
    /// <param name="store">Keeps the conversations.</param>
    /// <param name="options">The options; null for the defaults.</param>
    public static ConversationChatClient AsConversationClient(this IChatClient client, ConversationStore store, ConversationOptions? options = null) =>
        new(client, store, options);

    /// <summary>Goes on from a turn that is not the last one. The conversation stands at the new turn afterwards; the turns left behind stay in its tree.</summary>
    /// <param name="options">The options; changed and returned.</param>
    /// <param name="turnId">The turn to follow; null for the beginning.</param>
    public static ChatOptions WithParentTurn(this ChatOptions options, string? turnId)
    {
        ArgumentNullException.ThrowIfNull(options);
        (options.AdditionalProperties ??= [])[GrokKeys.ParentTurn] = turnId ?? "";
        return options;
    }

    /// <summary>Asks the last question of a conversation once more. The new answer takes the place of the last one, which stays in the tree.</summary>
    /// <param name="client">A <see cref="ConversationChatClient"/>, or a pipeline over one.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="options">The options of the call; not changed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="InvalidOperationException">The client keeps no conversations, or the question was not kept.</exception>
    public static async Task<ChatResponse> RegenerateAsync(
        this IChatClient client, string conversationId, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (messages, with) = await Manager(client).AskAgainAsync(conversationId, options, cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, with, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the last question of a conversation once more, and streams the answer. See <see cref="RegenerateAsync"/>.</summary>
    /// <param name="client">A <see cref="ConversationChatClient"/>, or a pipeline over one.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="options">The options of the call; not changed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async IAsyncEnumerable<ChatResponseUpdate> RegenerateStreamingAsync(
        this IChatClient client, string conversationId, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (messages, with) = await Manager(client).AskAgainAsync(conversationId, options, cancellationToken).ConfigureAwait(false);
        await foreach (var update in client.GetStreamingResponseAsync(messages, with, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private static ConversationManager Manager(IChatClient client) =>
        client.GetService<ConversationManager>() ?? throw new InvalidOperationException("The client keeps no conversations: make it with AsConversationClient.");
}
