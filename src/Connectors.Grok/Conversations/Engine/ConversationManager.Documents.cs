using Connectors.Grok.Conversations.History;

namespace Connectors.Grok.Conversations;

/// <content>Conversations as documents.</content>
public partial class ConversationManager
{
    /// <summary>Writes a conversation with all its branches as JSON (<c>docs/conversations.md</c> says how), opened if it was sealed.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="destination">Where to write; stays open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the document is written.</returns>
    /// <exception cref="ArgumentException">The id is blank, or the destination is null.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="InvalidDataException">A turn cannot be read.</exception>
    /// <exception cref="ConversationStoreException">The store failed.</exception>
    public virtual async Task ExportAsync(string conversationId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var tree = await _store.GetTreeAsync(info.Id, cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(ConversationDocument.Write(info, tree, _options.Protector), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a conversation that <see cref="ExportAsync"/> wrote, of this or an older version. All of it is checked before anything is kept.
    /// A document without its <c>checksum</c> may have been edited. The service's copy may then differ, so the next turn resends the conversation in full.
    /// </summary>
    /// <param name="conversationId">The id it gets here.</param>
    /// <param name="source">The document, UTF-8.</param>
    /// <param name="cancellationToken">Ends the call; nothing is kept then.</param>
    /// <returns>A task that completes when the conversation is stored.</returns>
    /// <exception cref="ArgumentException">The id is blank, or the source is null.</exception>
    /// <exception cref="InvalidDataException">The document is none, is damaged, was edited or is of a newer version; the message says what and where.</exception>
    /// <exception cref="InvalidOperationException">There is a conversation of that id already.</exception>
    /// <exception cref="ConversationStoreException">The store failed.</exception>
    public virtual async Task ImportAsync(string conversationId, Stream source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var id = Id(conversationId);
        var document = await ConversationDocument.ReadAsync(source, _options.Protector, cancellationToken).ConfigureAwait(false);
        if (!await _store.MoveAsync(id, null, null, cancellationToken).ConfigureAwait(false) || (await _store.GetTreeAsync(id, cancellationToken).ConfigureAwait(false)).Count > 0)
        {
            throw new InvalidOperationException($"There is a conversation '{conversationId}' already.");
        }

        string? head = null;
        try
        {
            foreach (var turn in document.Turns)
            {
                Ensure(await _store.AppendAsync(id, turn, head, cancellationToken).ConfigureAwait(false));
                head = turn.Id;
            }

            Ensure(head == document.Head || await _store.MoveAsync(id, document.Head, head, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            // Unless somebody has gone on from a part of it.
            if ((await _store.FindAsync(id, CancellationToken.None).ConfigureAwait(false))?.Head == head)
            {
                await _store.DeleteAsync(id, CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }

        void Ensure(bool isDone)
        {
            if (!isDone)
            {
                throw new InvalidOperationException($"The conversation '{conversationId}' was used while it was being imported.");
            }
        }
    }
}
