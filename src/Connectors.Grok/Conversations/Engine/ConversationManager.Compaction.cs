using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations;

/// <content>Compaction by hand.</content>
public partial class ConversationManager
{
    /// <summary>
    /// Compacts a conversation now: the service writes an encrypted summary of its turns, and the model sees the summary in their place from
    /// the next turn on. The turns stay in the tree: rewinding to one of them, or forking there, continues without the summary.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call; nothing is changed then.</param>
    /// <returns>What was compacted.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="InvalidOperationException">
    /// There is nothing to compact, a function call waits for its result, another turn was made in the meantime, or there is no
    /// <see cref="GrokChatClient"/> below the conversations.
    /// </exception>
    /// <exception cref="GrokException">The service refused or failed, or the messages were not kept; the conversation is as it was.</exception>
    /// <seealso href="https://docs.x.ai/developers/advanced-api-usage/context-compaction">xAI: context compaction</seealso>
    public virtual async Task<CompactedConversation> CompactAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var settings = OptionsOf(info.Id);
        if (_compactor is null)
        {
            throw new InvalidOperationException("There is no GrokChatClient below the conversations that could write the summary.");
        }

        var head = info.Head is null ? null : await _store.GetTurnAsync(info.Id.Tenant, info.Head, cancellationToken).ConfigureAwait(false);
        var resume = head is null ? null : new ResumePoint(head, TurnReader.For(settings).Header(head), 0);
        var (key, text) = ConversationResolver.KeyFor(settings, resume?.Header);
        var call = new ResolvedCall(info.Id, head, resume, PassedMessages.New, key, text);
        if (Compactor.Obstacle(call) is { } obstacle)
        {
            throw new InvalidOperationException($"The conversation '{PrintableText.Escape(conversationId)}' cannot be compacted: {obstacle}.");
        }

        var compacted = await new Compactor(_store, settings, _compactor).CompactAsync(call, null, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Another turn was made on the conversation '{PrintableText.Escape(conversationId)}' in the meantime.");
        return new() { TurnId = compacted.Turn.Id, TurnCount = resume!.TurnsSince, TokensBefore = compacted.Turn.InputTokens, TokensAfter = compacted.Turn.OutputTokens };
    }
}
