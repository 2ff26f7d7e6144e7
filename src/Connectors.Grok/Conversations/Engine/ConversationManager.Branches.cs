namespace Connectors.Grok.Conversations;

/// <content>Forks, and heads that are moved.</content>
public partial class ConversationManager
{
    /// <summary>A second conversation that shares the turns of the first one up to a point, and goes its own way from there.</summary>
    /// <param name="conversationId">The conversation to fork.</param>
    /// <param name="newConversationId">The fork's id.</param>
    /// <param name="turnId">The last shared turn, on whichever branch; null for the one it stands at.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the fork is stored.</returns>
    /// <exception cref="ArgumentException">An id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">The fork's id is taken.</exception>
    public virtual async Task ForkAsync(string conversationId, string newConversationId, string? turnId = null, CancellationToken cancellationToken = default)
    {
        var id = Id(newConversationId);
        var info = await ExistingAsync(conversationId, turnId, cancellationToken).ConfigureAwait(false);
        var at = turnId ?? info.Head;
        if (await _live.IsFreeAsync(id, cancellationToken).ConfigureAwait(false))
        {
            if (await _store.MoveAsync(id, at, null, _options.ExpiresAt(), cancellationToken).ConfigureAwait(false))
            {
                return;
            }

            if (await _store.FindAsync(id, cancellationToken).ConfigureAwait(false) is null)
            {
                // Deleted in the meantime, with the turn.
                throw Missing(conversationId, at);
            }
        }

        throw Taken(newConversationId);
    }

    /// <summary>Goes back: the next message follows an earlier turn. The turns left behind stay in the store until the conversation is deleted.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turns">How many turns to go back.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the conversation has moved.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It does not have so many turns.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime.</exception>
    public virtual async Task RewindAsync(string conversationId, int turns = 1, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(turns);
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var path = await PathAsync(info, cancellationToken).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(turns, path.Count);
        await PointAsync(info, turns == path.Count ? null : path[path.Count - 1 - turns].Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes to a turn of the conversation's tree, on whichever branch: the next message follows it. No turn is lost.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turnId">The turn; null for the beginning.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the conversation has moved.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime.</exception>
    public virtual async Task GoToAsync(string conversationId, string? turnId, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, turnId, cancellationToken).ConfigureAwait(false);
        await PointAsync(info, turnId, cancellationToken).ConfigureAwait(false);
    }
}
