using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Conversations.History;

namespace Connectors.Grok.Conversations;

/// <content>Conversations as documents.</content>
public partial class ConversationManager
{
    /// <summary>Writes a conversation with all its branches as JSON (<c>docs/conversations.md</c> says how), decrypted if it was encrypted.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="destination">Where to write; stays open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the document is written.</returns>
    /// <exception cref="ArgumentException">The id is blank, or the destination is null.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="ConversationStoreException">The store failed, or a turn cannot be read.</exception>
    public virtual async Task ExportAsync(string conversationId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var tree = await _store.GetTreeAsync(info.Id, cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(ConversationDocument.Write(info, tree, TurnReader.For(OptionsOf(info.Id))), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a conversation that <see cref="ExportAsync"/> wrote, of this or an older version. All of it is checked before anything is kept.
    /// Imported turns count as not stored and lose their response ids, because a document could name somebody else's response: the next turn
    /// resends the conversation in full, and deleting the conversation deletes nothing at the service.
    /// </summary>
    /// <param name="conversationId">The id that the conversation gets here.</param>
    /// <param name="source">The document, UTF-8.</param>
    /// <param name="trustsSource">
    /// Whether the responses that the document names are continued by id, and deleted with the conversation. Only for documents that nobody
    /// else could have written: the checksum detects damage, and anybody can compute it. The responses of a document without its
    /// <c>checksum</c> are never continued.
    /// </param>
    /// <param name="cancellationToken">Ends the call; nothing is kept then.</param>
    /// <returns>A task that completes when the conversation is stored.</returns>
    /// <exception cref="ArgumentException">The id is blank, or the source is null.</exception>
    /// <exception cref="InvalidDataException">The document is not an exported conversation, is damaged, was edited, is of a newer version or larger than <see cref="ConversationOptions.MaxImportBytes"/>; the message says what and where.</exception>
    /// <exception cref="InvalidOperationException">There is a conversation of that id already.</exception>
    /// <exception cref="ConversationStoreException">The store failed, or the <see cref="ConversationOptions.Protector"/> did.</exception>
    public virtual async Task ImportAsync(string conversationId, Stream source, bool trustsSource = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        var id = Id(conversationId);
        var (key, keyText) = ConversationResolver.KeyFor(OptionsOf(id), null);
        var turns = new ImportedTurns(TurnReader.For(OptionsOf(id)), key, keyText, trustsSource);
        var document = await ConversationDocument.ReadAsync(new DocumentStream(source, _options.MaxImportBytes), turns, cancellationToken).ConfigureAwait(false);
        if (!await StoreAsync().ConfigureAwait(false)
            && (_options.KeepFor is null || !await _live.IsFreeAsync(id, cancellationToken).ConfigureAwait(false) || !await StoreAsync().ConfigureAwait(false)))
        {
            throw Taken(conversationId);
        }

        ValueTask<bool> StoreAsync() => _store.ImportAsync(id, document.Turns, document.Head, _options.ExpiresAt(), cancellationToken);
    }

    /// <summary>
    /// Encrypts again the turns of the tenant that were encrypted with version 1 of the storage format, so that each is bound to its tenant and
    /// id. Run it once for each tenant after the upgrade, before <see cref="ConversationOptions.RequireBinding"/> is set. It may run while the
    /// conversations are used.
    /// </summary>
    /// <param name="cancellationToken">Ends the call; turns that were encrypted again stay so.</param>
    /// <returns>The number of turns that were encrypted again.</returns>
    /// <exception cref="InvalidOperationException">There is no <see cref="ConversationOptions.Protector"/>.</exception>
    /// <exception cref="ConversationStoreException">The store failed, or a turn cannot be read, for example because it was stored without a protector: it is not changed.</exception>
    public virtual async Task<int> BindAsync(CancellationToken cancellationToken = default)
    {
        if (_options.Protector is not { } protector)
        {
            throw new InvalidOperationException("ConversationOptions.Protector is not set: there is nothing to encrypt with.");
        }

        var count = 0;
        var tenant = TenantOf(null);
        var reader = new TurnReader(protector, tenant, requiresBinding: false);
        await foreach (var conversation in AllAsync(tenant, cancellationToken).ConfigureAwait(false))
        {
            foreach (var turn in await _store.GetTreeAsync(new(tenant, conversation.ConversationId), cancellationToken).ConfigureAwait(false))
            {
                if (!turn.IsBound && await _store.ReplaceAsync(tenant, reader.Bound(turn), turn.Content, cancellationToken).ConfigureAwait(false))
                {
                    count++;
                }
            }
        }

        return count;
    }
}
