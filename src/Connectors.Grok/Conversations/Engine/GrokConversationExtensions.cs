using System.Diagnostics.Contracts;
using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>Conversations over a chat client.</summary>
public static class GrokConversationExtensions
{
    /// <summary>Conversations under the application's own ids, kept in a store, that outlive what the service keeps.</summary>
    /// <param name="client">A <see cref="GrokChatClient"/>, or a pipeline that ends in one.</param>
    /// <param name="store">Keeps the conversations.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The conversation client.</returns>
    /// <exception cref="ArgumentNullException">The client or the store is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range; <c>ParamName</c> is its name.</exception>
    public static ConversationChatClient AsConversationClient(this IChatClient client, ConversationStore store, ConversationOptions? options = null) =>
        new(client, store, options);

    /// <summary>
    /// Continues from a turn that is not the head. All messages of the call are new messages then, also answers among them: nothing is
    /// recognized. The new turn becomes the head; the turns left behind stay in the conversation's tree.
    /// </summary>
    /// <remarks>
    /// Results of function calls that the head waits for follow the head, because a function loop repeats the options of its first request. The
    /// instructions of the named turn stay in force. With <see cref="ConversationOptions.KeepFor"/>, a turn of another conversation is found only while the turn is younger than that.
    /// </remarks>
    /// <param name="options">The options; not changed.</param>
    /// <param name="turnId">The turn to follow, of any conversation of the tenant; null for the beginning.</param>
    /// <returns>A copy of the options that names the turn.</returns>
    /// <exception cref="ArgumentNullException">The options are null.</exception>
    [Pure]
    public static ChatOptions WithParentTurn(this ChatOptions options, string? turnId) => With(options, GrokKeys.Request.ParentTurn, turnId ?? "");

    /// <summary>
    /// Names the tenant of a call. It travels with the options through every layer of a pipeline to the <see cref="ConversationChatClient"/>,
    /// and is neither sent to the service nor logged. The conversations of other tenants do not exist for the call.
    /// </summary>
    /// <remarks>Only this method sets a tenant: a text or a JSON value in <c>AdditionalProperties</c> is not accepted. Take the tenant from an authenticated user, never from the request's content.</remarks>
    /// <param name="options">The options; not changed.</param>
    /// <param name="tenant">The tenant, for example the id of the signed-in user.</param>
    /// <returns>A copy of the options that names the tenant.</returns>
    /// <exception cref="ArgumentNullException">The options or the tenant are null.</exception>
    /// <exception cref="ArgumentException">The tenant is blank, or holds NUL or half a surrogate pair.</exception>
    [Pure]
    public static ChatOptions WithTenant(this ChatOptions options, string tenant)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        StoreGuards.Check(tenant);
        return With(options, CallTenant.Key, new CallTenant(tenant));
    }

    /// <summary>
    /// Asks the last question of a conversation once more. The new answer takes the place of the last one, which stays in the tree. Without
    /// instructions in the options, those that were in force for the last answer are sent.
    /// </summary>
    /// <param name="client">A <see cref="ConversationChatClient"/>, or a pipeline over one.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="options">The options of the call; not changed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The new answer.</returns>
    /// <exception cref="ArgumentException">The client is null, the id is blank, or the options hold a tenant that was not set with <see cref="WithTenant"/>.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or nothing was asked in it yet.</exception>
    /// <exception cref="InvalidOperationException">The client keeps no conversations, the question was not kept, or the tenant is not the resolver's.</exception>
    public static async Task<ChatResponse> RegenerateAsync(
        this IChatClient client, string conversationId, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var (messages, with) = await Manager(client).PrepareRegenerateAsync(conversationId, options, cancellationToken).ConfigureAwait(false);
        return await client.GetResponseAsync(messages, with, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the last question of a conversation once more, and streams the answer. See <see cref="RegenerateAsync"/>.</summary>
    /// <param name="client">A <see cref="ConversationChatClient"/>, or a pipeline over one.</param>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="options">The options of the call; not changed.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The updates of the new answer. Enumerating them throws what <see cref="RegenerateAsync"/> throws.</returns>
    /// <exception cref="ArgumentException">The client is null, the id is blank, or the options hold a tenant that was not set with <see cref="WithTenant"/>.</exception>
    public static async IAsyncEnumerable<ChatResponseUpdate> RegenerateStreamingAsync(
        this IChatClient client, string conversationId, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (messages, with) = await Manager(client).PrepareRegenerateAsync(conversationId, options, cancellationToken).ConfigureAwait(false);
        await foreach (var update in client.GetStreamingResponseAsync(messages, with, cancellationToken).ConfigureAwait(false))
        {
            yield return update;
        }
    }

    private static ChatOptions With(ChatOptions options, string key, object value)
    {
        ArgumentNullException.ThrowIfNull(options);
        var copy = options.Clone();
        (copy.AdditionalProperties ??= [])[key] = value;
        return copy;
    }

    private static ConversationManager Manager(IChatClient client) =>
        client.GetService<ConversationManager>() ?? throw new InvalidOperationException("The client keeps no conversations: make it with AsConversationClient.");
}
