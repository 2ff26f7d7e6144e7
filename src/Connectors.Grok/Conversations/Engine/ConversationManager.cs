using Connectors.Grok.Conversations.Engine;
using Connectors.Grok.Conversations.History;
using Connectors.Grok.Foundation;
using Connectors.Grok.Mapping;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>What can be done with conversations beside talking: list, look back, fork, rewind, export, delete. All within one tenant, which <see cref="ForTenant"/> names.</summary>
/// <remarks>
/// A conversation that is older than <see cref="ConversationOptions.KeepFor"/> does not exist for any operation but <see cref="DeleteAsync"/>.
/// Every operation throws <see cref="ConversationStoreException"/> when the store fails, and, where <see cref="ConversationOptions.TenantResolver"/> is
/// set, <see cref="InvalidOperationException"/> when it returns no tenant, or another one than <see cref="ForTenant"/> named. Members are virtual, so that tests can replace them.
/// </remarks>
public partial class ConversationManager
{
    private readonly ConversationStore _store;
    private readonly ConversationOptions _options;
    private readonly LiveConversations _live;
    private readonly GrokResponsesClient? _responses;
    private readonly IHistoryCompactor? _compactor;
    private readonly string? _tenant;

    internal ConversationManager(ConversationStore store, ConversationOptions options, GrokResponsesClient? responses, IHistoryCompactor? compactor = null, string? tenant = null)
    {
        _store = store;
        _options = options;
        _live = new LiveConversations(store, options);
        _responses = responses;
        _compactor = compactor;
        _tenant = tenant;
    }

    /// <summary>Creates a manager whose members are all replaced, for tests.</summary>
    protected ConversationManager()
        : this(new InMemoryConversationStore(), new ConversationOptions(), null)
    {
    }

    /// <summary>Returns a manager for the conversations of one tenant: cheap, made per request, nothing to dispose.</summary>
    /// <param name="tenant">The tenant; the conversations of all others do not exist for the manager.</param>
    /// <returns>The manager.</returns>
    /// <exception cref="ArgumentNullException">The tenant is null.</exception>
    /// <exception cref="ArgumentException">The tenant is blank, or holds NUL or half a surrogate pair.</exception>
    public virtual ConversationManager ForTenant(string tenant)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tenant);
        StoreGuards.Check(tenant);
        return new(_store, _options, _responses, _compactor, tenant);
    }

    /// <summary>Gets the turns of a conversation's current path, the first one first.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns; empty when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public virtual async Task<IReadOnlyList<ConversationTurn>> GetTurnsAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var info = await _live.FindAsync(Id(conversationId), cancellationToken).ConfigureAwait(false);
        return info is null ? [] : await PathAsync(info, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Gets the messages of a conversation's current path, the first one first: the user's and the model's, as much of them as was kept
    /// (<see cref="ConversationOptions.Retention"/>). <c>ChatOptions.Instructions</c> are not among them.
    /// </summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The messages; empty when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="ConversationStoreException">The store failed, or a turn cannot be read.</exception>
    public virtual async Task<IReadOnlyList<ChatMessage>> GetMessagesAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var turns = await GetTurnsAsync(conversationId, cancellationToken).ConfigureAwait(false);
        return [.. turns.Where(static t => t.Kind != ConversationTurnKind.Compaction).SelectMany(turn =>
        {
            var (input, output) = Read(turn);
            foreach (var message in turn.Kind == ConversationTurnKind.Answer ? output : [])
            {
                // As the answer had them: a page that posts these messages back is recognized.
                message.AdditionalProperties = HistoryStamps.Mark(message.AdditionalProperties, new(conversationId, turn.Id, null));
            }

            return input.Concat(output);
        })];
    }

    /// <summary>Gets all turns of a conversation, also those on branches that it left, parents before their children.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The turns; empty when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public virtual async Task<IReadOnlyList<ConversationTurn>> GetTreeAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var id = Id(conversationId);
        return _options.KeepFor is not null && await _live.FindAsync(id, cancellationToken).ConfigureAwait(false) is null
            ? []
            : await _store.GetTreeAsync(id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gets the head of a conversation, its tokens and their cached share, its cost, and what the prompt cache saved.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The state; null when there is no such conversation.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    public virtual async Task<ConversationState?> GetAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        return await _live.LookUpAsync(Id(conversationId), null, cancellationToken).ConfigureAwait(false) is { } found
            ? ConversationState.From(found.Info, TitleText.Read(OptionsOf(found.Info.Id), found.Info), found.Head, await _store.GetUsageAsync(found.Info.Id, cancellationToken).ConfigureAwait(false))
            : null;
    }

    /// <summary>Reads the messages of a turn, as much of them as was kept (<see cref="ConversationOptions.Retention"/>).</summary>
    /// <param name="turn">The turn.</param>
    /// <returns>The new messages of the request, and the answer's.</returns>
    /// <exception cref="ArgumentNullException">The turn is null.</exception>
    /// <exception cref="ConversationStoreException">The turn cannot be read, for example because the <see cref="ConversationOptions.Protector"/> lost its key.</exception>
    public virtual ConversationTurnMessages Read(ConversationTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var content = TurnReader.For(OptionsOf(new(TenantOf(null), ""))).Content(turn);
        return new(content.Input, content.Output);
    }

    /// <summary>Prepares the call that asks the last question once more: the messages, and options that name the turn before them.</summary>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or nothing was asked yet.</exception>
    /// <exception cref="InvalidOperationException">The question was not kept.</exception>
    internal async Task<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> PrepareRegenerateAsync(
        string conversationId, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken, CallTenant.NamedIn(options)).ConfigureAwait(false);
        var reader = TurnReader.For(OptionsOf(info.Id));
        var path = await PathAsync(info, cancellationToken).ConfigureAwait(false);
        var contents = path.Select(reader.Content).ToList();
        for (var i = path.Count - 1; i >= 0; i--)
        {
            if (contents[i].Kept != ConversationRetention.Everything)
            {
                throw new InvalidOperationException($"The question of the conversation '{PrintableText.Escape(conversationId)}' was not kept (ConversationOptions.Retention is {contents[i].Kept}): pass it again with WithParentTurn.");
            }

            // A turn that only brought results belongs to the question before it.
            if (contents[i].Input.Any(static m => m.Contents.Any(static c => c is not FunctionResultContent)))
            {
                var again = (options?.Clone() ?? new ChatOptions()).WithParentTurn(path[i].ParentId);
                again.ConversationId = conversationId;
                again.Instructions ??= contents.Take(i + 1).Select(static c => c.Announced ?? c.Instructions).LastOrDefault(static t => t is not null);
                return (contents[i].Input, again);
            }
        }

        throw new KeyNotFoundException($"Nothing was asked in the conversation '{PrintableText.Escape(conversationId)}' yet.");
    }

    /// <summary>
    /// Deletes a conversation here, and the stored responses that no other conversation shares on the server. Each deletion is tried
    /// again like any other request of the client; what the server refuses all the same does not keep the others from being deleted.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many responses were deleted on the server; ones that were gone already do not count.</returns>
    /// <exception cref="ArgumentException">The id is blank.</exception>
    /// <exception cref="ConversationDeleteException">The conversation is deleted here, but not all of it on the server; holds the ids that are left.</exception>
    public virtual async Task<int> DeleteAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var gone = await _store.DeleteAsync(Id(conversationId), cancellationToken: cancellationToken).ConfigureAwait(false);
        return await DeleteResponsesAsync(gone.SelectMany(static t => t.StoredResponseIds), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes stored responses on the server: those that <see cref="ConversationDeleteException"/> says are left.</summary>
    /// <param name="responseIds">The ids.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many were deleted; ones that were gone already do not count.</returns>
    /// <exception cref="ArgumentNullException">The ids are null.</exception>
    /// <exception cref="ConversationDeleteException">Not all could be deleted; holds the ids that are left.</exception>
    public virtual async Task<int> DeleteResponsesAsync(IEnumerable<string> responseIds, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(responseIds);
        var deleted = 0;
        var left = new List<string>();
        Exception? cause = null;
        foreach (var responseId in _responses is null ? [] : responseIds)
        {
            try
            {
                cancellationToken.ThrowIfCancellationRequested();
                deleted += (await _responses!.DeleteAsync(responseId, cancellationToken).ConfigureAwait(false)).Deleted ? 1 : 0;
            }
            catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
            {
                // Expired or deleted before: that is what was wanted.
            }
            catch (Exception e) when (e is GrokException or OperationCanceledException)
            {
                left.Add(responseId);
                cause ??= e;
            }
        }

        return left.Count == 0 ? deleted : throw new ConversationDeleteException(left, cause!);
    }

    /// <summary>Deletes every conversation, of all tenants, whose last turn is older than <see cref="ConversationOptions.KeepFor"/>. To be called now and then, by one node or by all.</summary>
    /// <param name="cancellationToken">Ends the call; what was deleted stays so.</param>
    /// <returns>How many conversations were deleted; none when no time is set. What the server stored of them it deletes itself after its 30 days.</returns>
    public virtual async Task<int> PurgeAsync(CancellationToken cancellationToken = default) =>
        await _live.PurgeAsync(cancellationToken).ConfigureAwait(false);

    private async Task<ConversationInfo> ExistingAsync(string conversationId, CancellationToken cancellationToken, string? tenant = null) =>
        await _live.FindAsync(Id(conversationId, tenant), cancellationToken).ConfigureAwait(false) ?? throw Missing(conversationId, null);

    /// <summary>Finds a conversation, and checks that a turn belongs to its tree, in one round trip.</summary>
    private async Task<ConversationInfo> ExistingAsync(string conversationId, string? turnId, CancellationToken cancellationToken)
    {
        if (turnId is null)
        {
            return await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        }

        var found = await _live.LookUpAsync(Id(conversationId), new() { TurnIds = [turnId] }, cancellationToken).ConfigureAwait(false) ?? throw Missing(conversationId, null);
        if (found.HoldsAnswer)
        {
            return found.Info;
        }

        // The look-up knows answers only.
        return (await _store.GetOutlineAsync(found.Info.Id, cancellationToken).ConfigureAwait(false)).FirstOrDefault(t => t.Id == turnId) switch
        {
            null => throw Missing(conversationId, turnId),
            { Kind: ConversationTurnKind.Unanswered } => throw new InvalidOperationException(
                $"The turn '{PrintableText.Escape(turnId)}' is a question without an answer, which a conversation cannot point to. Continue from it with WithParentTurn."),
            _ => found.Info,
        };
    }

    private async Task<IReadOnlyList<ConversationTurn>> PathAsync(ConversationInfo info, CancellationToken cancellationToken) =>
        info.Head is { } head ? await _store.GetPathAsync(info.Id.Tenant, head, cancellationToken).ConfigureAwait(false) : [];

    private async Task PointAsync(ConversationInfo info, string? head, CancellationToken cancellationToken)
    {
        if (!await _store.MoveAsync(info.Id, head, info.Head, _options.ExpiresAt(), cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"Another turn was made on the conversation '{PrintableText.Escape(info.Id.Name)}' in the meantime.");
        }
    }

    private ConversationId Id(string conversationId, string? tenant = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(conversationId);
        return new ConversationId(TenantOf(tenant), conversationId);
    }

    /// <summary>The options for the tenant of a conversation.</summary>
    private ConversationOptions OptionsOf(ConversationId id) => _options.For(id.Tenant);

    private string TenantOf(string? named) => TenantDecision.Decide(_options, named ?? _tenant);

    private static InvalidOperationException Taken(string conversationId) => new($"There is a conversation '{PrintableText.Escape(conversationId)}' already.");

    private static KeyNotFoundException Missing(string conversationId, string? turnId) =>
        new(turnId is null ? $"There is no conversation '{PrintableText.Escape(conversationId)}'." : $"The conversation '{PrintableText.Escape(conversationId)}' has no turn '{PrintableText.Escape(turnId)}'.");
}
