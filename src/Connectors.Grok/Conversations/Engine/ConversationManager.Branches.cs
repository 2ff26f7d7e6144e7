using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations;

/// <content>Forks, heads that are moved, and turns that are removed.</content>
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
    /// <exception cref="InvalidOperationException">The fork's id is taken, or the turn is of the kind <see cref="ConversationTurnKind.Unanswered"/>.</exception>
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
    /// <param name="turns">How many turns to go back; a question without an answer that the conversation continued from counts as one, and is passed over when it is the last.</param>
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
        // A question without an answer is no head.
        var head = path.Take(path.Count - turns).LastOrDefault(static t => t.Kind != ConversationTurnKind.Unanswered);
        await PointAsync(info, head?.Id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Deletes a turn and all turns that follow it, here and their stored responses on the server. The conversation goes back to the turn before when it pointed to a deleted one. What a fork
    /// of the conversation needs stays with the fork, and what this conversation shares with the one it was forked from stays with that. A conversation without a turn is deleted.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turnId">The first turn to delete, on whichever branch.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many responses were deleted on the server.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime.</exception>
    /// <exception cref="NotSupportedException">The store cannot delete single turns.</exception>
    /// <exception cref="ConversationDeleteException">The turns are deleted here, but not all of them on the server; holds the ids that are left.</exception>
    public virtual async Task<int> RemoveAsync(string conversationId, string turnId, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var outline = (await _store.GetOutlineAsync(info.Id, cancellationToken).ConfigureAwait(false)).ToDictionary(static t => t.Id, StringComparer.Ordinal);
        var turn = outline.GetValueOrDefault(turnId) ?? throw Missing(conversationId, turnId);
        var head = info.Head;
        if (PathUp(head).Any(t => t.Id == turnId))
        {
            head = PathUp(turn.ParentId).FirstOrDefault(static t => t.Kind != ConversationTurnKind.Unanswered)?.Id;
        }

        var gone = await _store.RemoveAsync(info.Id, turnId, head, info.Head, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"Another turn was made on the conversation '{PrintableText.Escape(conversationId)}' in the meantime.");
        if (gone.Count == outline.Count && await _store.FindAsync(info.Id, cancellationToken).ConfigureAwait(false) is { Head: null } empty)
        {
            await _store.DeleteAsync(info.Id, empty, cancellationToken).ConfigureAwait(false);
        }

        return await DeleteResponsesAsync(gone.SelectMany(static t => t.StoredResponseIds), cancellationToken).ConfigureAwait(false);

        IEnumerable<ConversationTurn> PathUp(string? from)
        {
            for (var at = from; at is not null && outline.TryGetValue(at, out var found); at = found.ParentId)
            {
                yield return found;
            }
        }
    }

    /// <summary>Goes to a turn of the conversation's tree, on whichever branch: the next message follows it. No turn is lost.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turnId">The turn; null for the beginning.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the conversation has moved.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime, or the turn is of the kind <see cref="ConversationTurnKind.Unanswered"/>.</exception>
    public virtual async Task GoToAsync(string conversationId, string? turnId, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, turnId, cancellationToken).ConfigureAwait(false);
        await PointAsync(info, turnId, cancellationToken).ConfigureAwait(false);
    }
}
