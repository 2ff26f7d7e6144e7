using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.Engine;

namespace Connectors.Grok.Conversations;

/// <content>Lists of conversations, their titles, and what a page shows of one.</content>
public partial class ConversationManager
{
    private const int MostPerPage = 1000;

    /// <summary>Lists all conversations, the last changed first. Reads them in pages, as they are needed.</summary>
    /// <remarks>A conversation that changes meanwhile moves to the front of the list: it is listed at most once, and not at all if it moved before it was reached.</remarks>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    /// <returns>The conversations.</returns>
    public virtual IAsyncEnumerable<ConversationSummary> ListAsync(CancellationToken cancellationToken = default) => AllAsync(TenantOf(null), cancellationToken);

    /// <summary>Lists a page of conversations, the last changed first.</summary>
    /// <param name="pageSize">The largest number of conversations to return, from 1 to 1,000.</param>
    /// <param name="continuationToken">The <see cref="ConversationPage.ContinuationToken"/> of the page before; null for the first page.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    /// <exception cref="ArgumentException">The token is not one of a page.</exception>
    public virtual async Task<ConversationPage> ListPageAsync(int pageSize = 50, string? continuationToken = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(pageSize, MostPerPage);
        var after = continuationToken is null ? null : ContinuationToken.Parse(continuationToken, nameof(continuationToken));
        return await PageAsync(TenantOf(null), pageSize, after, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds a conversation with its title and the id of its head, without reading a turn. <see cref="GetAsync"/> returns more.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The conversation; null when there is none.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public virtual async Task<ConversationSummary?> FindAsync(string conversationId, CancellationToken cancellationToken = default) =>
        await _live.FindAsync(Id(conversationId), cancellationToken).ConfigureAwait(false) is { } info ? ConversationSummary.From(info, TitleText.Read(OptionsOf(info.Id), info)) : null;

    /// <summary>Sets the title of a conversation. With a <see cref="ConversationOptions.Protector"/> it is stored encrypted.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="title">The title; null or blank for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the title is stored. The conversation keeps its place in lists.</returns>
    /// <exception cref="ArgumentException">The id is blank, or the title holds NUL or half a surrogate pair.</exception>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="NotSupportedException">The store keeps no titles.</exception>
    public virtual async Task RenameAsync(string conversationId, string? title, CancellationToken cancellationToken = default)
    {
        StoreGuards.CheckOptional(title);
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        if (!await _store.SetTitleAsync(info.Id, TitleText.Write(OptionsOf(info.Id), info.Id, title), cancellationToken).ConfigureAwait(false))
        {
            throw Missing(conversationId, null);
        }
    }

    /// <summary>Gets the turns of <see cref="GetTreeAsync"/> without their contents, which are not read from the store: for lists and trees on a page. <see cref="LoadAsync"/> reads the content of one.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns, parents before their children, with empty contents; none when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public virtual async Task<IReadOnlyList<ConversationTurn>> GetOutlineAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var id = Id(conversationId);
        return _options.KeepFor is not null && await _live.FindAsync(id, cancellationToken).ConfigureAwait(false) is null
            ? []
            : await _store.GetOutlineAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the content of a turn that <see cref="GetOutlineAsync"/> returned.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turn with its content; null when it was deleted in the meantime.</returns>
    /// <exception cref="ArgumentNullException">The turn is null.</exception>
    public virtual async Task<ConversationTurn?> LoadAsync(ConversationTurn turn, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(turn);
        return await _store.GetTurnAsync(TenantOf(null), turn.Id, cancellationToken).ConfigureAwait(false);
    }

    private async IAsyncEnumerable<ConversationSummary> AllAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ConversationPosition? after = null;
        do
        {
            var page = await PageAsync(tenant, MostPerPage, after, cancellationToken).ConfigureAwait(false);
            foreach (var conversation in page.Conversations)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return conversation;
            }

            after = page.ContinuationToken is null ? null : PositionOf(page.Conversations[^1]);
        }
        while (after is not null);
    }

    private async Task<ConversationPage> PageAsync(string tenant, int size, ConversationPosition? after, CancellationToken cancellationToken)
    {
        // One more than the page holds tells whether another page follows.
        var infos = await _live.ListAsync(tenant, size + 1, after, cancellationToken).ConfigureAwait(false);
        var page = infos.Take(size).Select(i => ConversationSummary.From(i, TitleText.ReadForList(OptionsOf(i.Id), i))).ToList();
        return new ConversationPage { Conversations = page, ContinuationToken = infos.Count > size ? ContinuationToken.Write(PositionOf(page[^1])) : null };
    }

    private static ConversationPosition PositionOf(ConversationSummary last) => new(last.UpdatedAt, last.ConversationId);
}
