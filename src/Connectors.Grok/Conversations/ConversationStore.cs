using Connectors.Grok.Foundation;

namespace Connectors.Grok.Conversations;

/// <summary>
/// Keeps conversations: immutable turns that form trees, and names that point to a turn, like commits and branches. Safe for concurrent
/// use, by many processes where the store is shared.
/// </summary>
/// <remarks>
/// Every method throws <see cref="ArgumentNullException"/> for null, <see cref="ArgumentException"/> for an id that holds NUL or half a
/// surrogate pair (no length is too long), <see cref="ConversationStoreException"/> when its medium fails (that class describes what callers may
/// rely on then), and <see cref="OperationCanceledException"/> when cancelled before a change was committed.
/// <para>
/// A name owns the turns made under it, also those it went back from, until the name is deleted. A name that was forked remembers the
/// turn at which it left the other conversation, its branch point. When a name is deleted, turns that another name references (by its head, its branch point,
/// or turns of its own further down) are reassigned to that name; the rest are deleted.
/// </para>
/// </remarks>
public abstract class ConversationStore
{
    /// <summary>Finds a conversation by its name. Those of other tenants do not exist.</summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The conversation; null when the tenant has none of that name.</returns>
    public abstract ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Finds a conversation with its head, and the turn up to which a history that the caller passes equals it: all that a call needs to
    /// know before its request, in one round trip.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="history">The fingerprints of the caller's history; null when it passes no answers.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>What was found; null when the tenant has no conversation of that name.</returns>
    /// <exception cref="ArgumentException">A list of the query or one of its texts is null, or a text holds NUL or half a surrogate pair.</exception>
    public abstract ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default);

    /// <summary>Reads the path to a turn.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="turnId">The last turn of the path.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns from the first one to the given one, in order. Empty when the tenant has no such turn.</returns>
    /// <exception cref="ArgumentException">The tenant or the id is null, or holds NUL or half a surrogate pair.</exception>
    public abstract ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default);

    /// <summary>Reads a turn.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="turnId">The turn.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turn; null when the tenant has no such turn.</returns>
    /// <exception cref="ArgumentException">The tenant or the id is null, or holds NUL or half a surrogate pair.</exception>
    public abstract ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads all turns of a conversation: those that its name owns, also those it went back from, its head and its branch point, and all
    /// that they continue.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns, parents before their children. Empty when there is no such name.</returns>
    public abstract ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// Reads the turns of <see cref="GetTreeAsync"/> without their <see cref="ConversationTurn.Content"/>, which is empty: what a page needs to draw a tree. Stores should override it, so that
    /// contents are not read.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns, parents before their children. Empty when there is no such name.</returns>
    public virtual async ValueTask<IReadOnlyList<ConversationTurn>> GetOutlineAsync(ConversationId id, CancellationToken cancellationToken = default) =>
        [.. (await GetTreeAsync(id, cancellationToken).ConfigureAwait(false)).Select(static t => t with { Content = default })];

    /// <summary>
    /// Adds a turn and points the name to it, if the name still points where the caller thinks. Creates the name when
    /// <paramref name="expectedHead"/> is null and there is none. Both or nothing. A turn of the kind <see cref="ConversationTurnKind.Unanswered"/> is added, and the name keeps pointing
    /// where it does.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="turn">The turn; its parent is <paramref name="expectedHead"/>, or another turn of the tenant, or none. Its bytes are copied.</param>
    /// <param name="expectedHead">The turn that the name must point to; null for "no such name, or a name without turns".</param>
    /// <param name="expiresAt">
    /// From when on the store may remove the name and its turns without being asked; null for never. Stores that cannot expire anything by
    /// themselves ignore it: whether a name is too old is decided by comparing <see cref="ConversationInfo.UpdatedAt"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when the name pointed elsewhere, or the turn's parent does not exist in the tenant: nothing was changed.</returns>
    /// <exception cref="ArgumentException">The turn is null, is its own parent, or an id holds NUL or half a surrogate pair.</exception>
    /// <exception cref="InvalidOperationException">The tenant has a turn of that id already: nothing was changed.</exception>
    public abstract ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Points a name to another turn of its tenant, if it still points where the caller thinks. Creates the name when <paramref name="expectedHead"/> is null and there is none.</summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="head">The turn to point to; null for none.</param>
    /// <param name="expectedHead">The turn that the name must point to; null for "no such name, or a name without turns".</param>
    /// <param name="expiresAt">
    /// From when on the store may remove the name and its turns without being asked; null for never. Stores that cannot expire anything by
    /// themselves ignore it: whether a name is too old is decided by comparing <see cref="ConversationInfo.UpdatedAt"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when the name pointed elsewhere, or the turn does not exist in the tenant: nothing was changed.</returns>
    public abstract ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default);

    /// <summary>Sets the title of a conversation. Neither its head nor its <see cref="ConversationInfo.UpdatedAt"/> changes.</summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="title">The title; null for none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when the tenant has no conversation of that name: nothing was changed.</returns>
    /// <exception cref="ArgumentException">The title holds NUL or half a surrogate pair.</exception>
    /// <exception cref="NotSupportedException">The store does not override this method.</exception>
    public virtual ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"The store {GetType().Name} keeps no titles: it does not override {nameof(SetTitleAsync)}.");

    /// <summary>Creates a name with the turns of a whole tree, for an import. Both or nothing where the store overrides it; otherwise the turns are appended one by one, and removed when that fails.</summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="turns">The turns, parents before their children. The parent of each is among them, or null.</param>
    /// <param name="head">The turn to point to, one of them; null for none.</param>
    /// <param name="expiresAt">As for <see cref="AppendAsync"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when there is such a name, also one without turns: nothing was changed.</returns>
    /// <exception cref="ArgumentException">The list or one of its turns is null, a turn is its own parent, a parent or the head is not among the turns before, two turns have one id, or an id holds NUL or half a surrogate pair.</exception>
    /// <exception cref="InvalidOperationException">The tenant has a turn of one of the ids already, or the name was used in the meantime.</exception>
    public virtual async ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turns, head);
        if (await FindAsync(id, cancellationToken).ConfigureAwait(false) is not null || !await MoveAsync(id, null, null, expiresAt, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        string? last = null;
        try
        {
            foreach (var turn in turns)
            {
                Ensure(await AppendAsync(id, turn, last, expiresAt, cancellationToken).ConfigureAwait(false));
                last = turn.Kind == ConversationTurnKind.Unanswered ? last : turn.Id;
            }

            Ensure(last == head || await MoveAsync(id, head, last, expiresAt, cancellationToken).ConfigureAwait(false));
            return true;
        }
        catch
        {
            // Unless somebody has continued a part of it.
            if (await FindAsync(id, CancellationToken.None).ConfigureAwait(false) is { } info && info.Head == last)
            {
                await DeleteAsync(id, info, CancellationToken.None).ConfigureAwait(false);
            }

            throw;
        }

        void Ensure(bool isDone)
        {
            if (!isDone)
            {
                throw new InvalidOperationException($"The conversation '{PrintableText.Escape(id.Name)}' was used while it was being imported.");
            }
        }
    }

    /// <summary>Prepares the store now instead of with the first call: creates its schema, or upgrades it, if needed. Does nothing where there is none.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the store is ready.</returns>
    public virtual ValueTask InitializeAsync(CancellationToken cancellationToken = default) => default;

    /// <summary>Checks that the store could save a turn now, for health checks: that its medium answers, can be written to, and has the current schema. Cheap; changes nothing.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when it could.</returns>
    /// <exception cref="ConversationStoreException">It could not; the message says why.</exception>
    public virtual ValueTask CheckAsync(CancellationToken cancellationToken = default) => default;

    /// <summary>
    /// The totals of a conversation's tree (<see cref="GetTreeAsync"/>), its own turns apart from those that belong to another conversation.
    /// All zero when there is no such name.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The totals.</returns>
    public abstract ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default);

    /// <summary>
    /// A page of a tenant's conversations: the last changed first, those changed at the same moment in an order of the store's own by name.
    /// The next page begins after the last one of this page, whether that still exists or not.
    /// </summary>
    /// <param name="query">The tenant, the size of the page, and where it begins.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The conversations; fewer than <see cref="ConversationQuery.PageSize"/> only at the end of the list.</returns>
    /// <exception cref="ArgumentException">The query is null, or the page size is less than 1.</exception>
    public abstract ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default);

    /// <summary>
    /// Replaces the document and the content of a turn, if the store still holds the expected content: by the same messages, encrypted for
    /// the turn's tenant and id, for example. The turn keeps its id, parent, depth, owner and place in the tree.
    /// </summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="turn">The turn as it is to be stored.</param>
    /// <param name="expected">The content that the store must hold.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False when the tenant has no such turn, or its content differs from the expected one: nothing was changed.</returns>
    /// <exception cref="ArgumentException">The tenant or the turn is null, the turn is its own parent, or an id holds NUL or half a surrogate pair.</exception>
    public abstract ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default);

    /// <summary>Deletes a name, and every turn of its own that no other name of the tenant references. All or nothing.</summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="expected">The name as the caller found it: it is deleted only while its head and its <see cref="ConversationInfo.UpdatedAt"/> are these. Null to delete it however it is.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The deleted turns, the deepest last, so that their responses can be deleted at the service too. Empty when there was no such name, or it had changed.</returns>
    public abstract ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, ConversationInfo? expected = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Deletes a turn and all turns that follow it, as far as the name owns them, and points the name to another turn, if it still points where the caller thinks. Turns that another name of
    /// the tenant references are reassigned to that name, as by <see cref="DeleteAsync"/>; turns that another name owns stay.
    /// </summary>
    /// <param name="id">Tenant and name.</param>
    /// <param name="turnId">The first turn to delete.</param>
    /// <param name="head">The turn to point to, which is none of the deleted ones; null for none.</param>
    /// <param name="expectedHead">The turn that the name must point to; null for "a name without turns".</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The deleted turns, the deepest last. Null when there is no such name, it pointed elsewhere, or one of the turns does not exist: nothing was changed.</returns>
    /// <exception cref="NotSupportedException">The store does not override this method.</exception>
    /// <exception cref="ArgumentException">The turn's id is null, or an id holds NUL or half a surrogate pair.</exception>
    public virtual ValueTask<IReadOnlyList<ConversationTurn>?> RemoveAsync(
        ConversationId id, string turnId, string? head, string? expectedHead, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"The store {GetType().Name} cannot delete single turns: it does not override {nameof(RemoveAsync)}.");

    /// <summary>Deletes every name that was last changed before a moment, of all tenants, as <see cref="DeleteAsync"/> does, in small batches between which other calls run.</summary>
    /// <param name="before">The moment.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The number of deleted names. When the call is cancelled or fails, earlier batches stay deleted.</returns>
    public abstract ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}

/// <summary>An application's own, stable id of a conversation, within a tenant.</summary>
/// <param name="Tenant">Whose it is; empty where there are no tenants. A conversation of another tenant does not exist.</param>
/// <param name="Name">The application's id, such as <c>ticket-4711</c>.</param>
public readonly record struct ConversationId(string Tenant, string Name);

/// <summary>A name and the turn it points to.</summary>
/// <param name="Id">Tenant and name.</param>
/// <param name="Head">The turn that the next one follows; null for none.</param>
/// <param name="CreatedAt">When the name was created.</param>
/// <param name="UpdatedAt">When it was last pointed elsewhere.</param>
public sealed record ConversationInfo(ConversationId Id, string? Head, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    /// <summary>The title, as <see cref="ConversationStore.SetTitleAsync"/> set it; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The ids and times. The title is left out, because it may repeat a message.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => $"{nameof(ConversationInfo)} {{ Id = {Id}, Head = {Head}, CreatedAt = {CreatedAt}, UpdatedAt = {UpdatedAt} }}";
}

/// <summary>A history that a caller passes, as hashes. The store looks for them among the turns of one conversation's tree (<see cref="ConversationStore.GetTreeAsync"/>) of the kind <see cref="ConversationTurnKind.Answer"/>.</summary>
public sealed class ConversationHistoryQuery
{
    /// <summary>The <see cref="ConversationTurn.Fingerprint"/> of the history up to each of its answers, the shortest prefix first.</summary>
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    /// <summary>The <see cref="ConversationTurn.AnswerFingerprint"/> of each of its answers.</summary>
    public IReadOnlyList<string> AnswerFingerprints { get; init; } = [];

    /// <summary>The ids of turns that the history says it holds.</summary>
    public IReadOnlyList<string> TurnIds { get; init; } = [];
}

/// <summary>A conversation as a call finds it.</summary>
public sealed record ConversationLookup
{
    /// <summary>The name.</summary>
    public required ConversationInfo Info { get; init; }

    /// <summary>The turn that the name points to; null for none.</summary>
    public ConversationTurn? Head { get; init; }

    /// <summary>
    /// The turn with the last of <see cref="ConversationHistoryQuery.Fingerprints"/> that any turn of the tree has; null for none. Of several
    /// turns with that fingerprint, the one on the head's path, else the one created last.
    /// </summary>
    public ConversationTurn? Match { get; init; }

    /// <summary>
    /// Whether a turn of the tree has one of <see cref="ConversationHistoryQuery.AnswerFingerprints"/> or <see cref="ConversationHistoryQuery.TurnIds"/>, or
    /// there is a <see cref="Match"/>.
    /// </summary>
    public bool HoldsAnswer { get; init; }
}
