using System.Runtime.CompilerServices;
using Connectors.Grok.Conversations.Engine;

namespace Connectors.Grok.Conversations;

/// <content>Lists of conversations.</content>
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
        var page = infos.Take(size).Select(ConversationSummary.From).ToList();
        return new ConversationPage { Conversations = page, ContinuationToken = infos.Count > size ? ContinuationToken.Write(PositionOf(page[^1])) : null };
    }

    private static ConversationPosition PositionOf(ConversationSummary last) => new(last.UpdatedAt, last.ConversationId);
}
