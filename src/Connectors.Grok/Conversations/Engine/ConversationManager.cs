using Connectors.Grok.Conversations.History;
using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>What can be done with conversations beside talking: list, look back, fork, rewind, ask again, export, delete. All within one tenant.</summary>
public sealed class ConversationManager
{
    private readonly IConversationStore _store;
    private readonly ConversationOptions _options;
    private readonly GrokResponsesClient? _responses;

    internal ConversationManager(IConversationStore store, ConversationOptions options, GrokResponsesClient? responses)
    {
        _store = store;
        _options = options;
        _responses = responses;
    }

    /// <summary>The conversations, the last changed first.</summary>
    /// <param name="cancellationToken">Ends the enumeration.</param>
    public IAsyncEnumerable<ConversationInfo> ListAsync(CancellationToken cancellationToken = default) => _store.ListAsync(_options.Tenant, cancellationToken);

    /// <summary>The turns of a conversation, the first one first. Empty when there is no such conversation.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<ConversationTurn>> GetTurnsAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var info = await _store.FindAsync(Id(conversationId), cancellationToken).ConfigureAwait(false);
        return info is null ? [] : await PathAsync(info, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All turns of a conversation, also those on branches that it left, parents before their children. Empty when there is no such conversation.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<ConversationTurn>> GetTreeAsync(string conversationId, CancellationToken cancellationToken = default) =>
        await _store.GetTreeAsync(Id(conversationId), cancellationToken).ConfigureAwait(false);

    /// <summary>Where a conversation stands and what it took so far, or null when there is no such conversation. Reads all its turns.</summary>
    /// <param name="conversationId">The application's id.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<ConversationState?> GetAsync(string conversationId, CancellationToken cancellationToken = default) =>
        await _store.FindAsync(Id(conversationId), cancellationToken).ConfigureAwait(false) is { } info
            ? ConversationState.Of(info, await _store.GetTreeAsync(info.Id, cancellationToken).ConfigureAwait(false))
            : null;

    /// <summary>What was said in a turn: the new messages, and the answer's. As much of it as was kept (<see cref="ConversationOptions.Retention"/>).</summary>
    /// <param name="turn">The turn.</param>
    /// <exception cref="InvalidDataException">The turn cannot be read.</exception>
    public (IReadOnlyList<ChatMessage> Input, IReadOnlyList<ChatMessage> Output) Read(ConversationTurn turn)
    {
        ArgumentNullException.ThrowIfNull(turn);
        var content = TurnContent.Of(turn, _options.Protector);
        return (content.Input, content.Output);
    }

    /// <summary>A second conversation that shares the turns of the first one up to a point, and goes its own way from there.</summary>
    /// <param name="conversationId">The conversation to fork.</param>
    /// <param name="newConversationId">The fork's id.</param>
    /// <param name="turnId">The last shared turn, on whichever branch; null for the one it stands at.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">The fork's id is taken.</exception>
    public async Task ForkAsync(string conversationId, string newConversationId, string? turnId = null, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var at = turnId is null ? info.Head : await InTreeAsync(info, turnId, cancellationToken).ConfigureAwait(false);
        var id = Id(newConversationId);
        if (await _store.FindAsync(id, cancellationToken).ConfigureAwait(false) is not null || !await _store.MoveAsync(id, at, null, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"There is a conversation '{newConversationId}' already.");
        }
    }

    /// <summary>Goes back: the next message follows an earlier turn. The turns left behind stay in the store until the conversation is deleted.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="turns">How many turns to go back.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="ArgumentOutOfRangeException">It does not have so many turns.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime.</exception>
    public async Task RewindAsync(string conversationId, int turns = 1, CancellationToken cancellationToken = default)
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
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">Another turn was made in the meantime.</exception>
    public async Task GoToAsync(string conversationId, string? turnId, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        await PointAsync(info, turnId is null ? null : await InTreeAsync(info, turnId, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// The last question once more: messages and options that, sent through the conversation client or a pipeline over it, make another
    /// answer beside the last one. <see cref="GrokConversationExtensions.RegenerateAsync"/> does it in one step.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="options">The options of the call; copied.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or nothing was asked yet.</exception>
    /// <exception cref="InvalidOperationException">The question was not kept (<see cref="ConversationOptions.Retention"/>).</exception>
    public async Task<(IReadOnlyList<ChatMessage> Messages, ChatOptions Options)> AskAgainAsync(
        string conversationId, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        foreach (var turn in (await PathAsync(info, cancellationToken).ConfigureAwait(false)).Reverse())
        {
            var content = TurnContent.Of(turn, _options.Protector);
            if (content.Kept != ConversationRetention.Everything)
            {
                throw new InvalidOperationException($"What was asked in the conversation '{conversationId}' was not kept (ConversationOptions.Retention): ask it yourself.");
            }

            // A turn that only brought results belongs to the question before it.
            if (content.Input.Any(static m => m.Contents.Any(static c => c is not FunctionResultContent)))
            {
                var with = (options?.Clone() ?? new ChatOptions()).WithParentTurn(turn.ParentId);
                with.ConversationId = conversationId;
                return (content.Input, with);
            }
        }

        throw new KeyNotFoundException($"Nothing was asked in the conversation '{conversationId}' yet.");
    }

    /// <summary>Writes a conversation with all its branches as JSON (<c>docs/conversations.md</c> says how), opened if it was sealed.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="destination">Where to write; stays open.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation.</exception>
    /// <exception cref="InvalidDataException">A turn cannot be read.</exception>
    public async Task ExportAsync(string conversationId, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var info = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var tree = await _store.GetTreeAsync(info.Id, cancellationToken).ConfigureAwait(false);
        await destination.WriteAsync(ConversationDocument.Write(info, tree, _options.Protector), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Reads a conversation that <see cref="ExportAsync"/> wrote, of this or an older version. All of it is checked before anything is kept.
    /// A document whose <c>checksum</c> was taken out may be edited; as the service's copy may differ then, it is sent anew with the next turn.
    /// </summary>
    /// <param name="conversationId">The id it gets here.</param>
    /// <param name="source">The document, UTF-8.</param>
    /// <param name="cancellationToken">Ends the call; nothing is kept then.</param>
    /// <exception cref="InvalidDataException">The document is none, is damaged, was edited or is of a newer version; the message says what and where.</exception>
    /// <exception cref="InvalidOperationException">There is a conversation of that id already.</exception>
    public async Task ImportAsync(string conversationId, Stream source, CancellationToken cancellationToken = default)
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

    /// <summary>
    /// Deletes a conversation here, and the stored responses that no other conversation shares on the server. Each deletion is tried
    /// again like any other request of the client; what the server refuses all the same does not keep the others from being deleted.
    /// </summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many responses were deleted on the server; ones that were gone already do not count.</returns>
    /// <exception cref="ConversationDeleteException">The conversation is deleted here, but not all of it on the server; holds the ids that are left.</exception>
    public async Task<int> DeleteAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var gone = await _store.DeleteAsync(Id(conversationId), cancellationToken).ConfigureAwait(false);
        return await DeleteResponsesAsync(gone.SelectMany(static t => t.StoredResponseIds), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes stored responses on the server: those that <see cref="ConversationDeleteException"/> says are left.</summary>
    /// <param name="responseIds">The ids.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many were deleted; ones that were gone already do not count.</returns>
    /// <exception cref="ConversationDeleteException">Not all could be deleted; holds the ids that are left.</exception>
    public async Task<int> DeleteResponsesAsync(IEnumerable<string> responseIds, CancellationToken cancellationToken = default)
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
    public async Task<int> PurgeAsync(CancellationToken cancellationToken = default) =>
        _options.KeepFor is { } time ? await _store.PurgeAsync(_options.TimeProvider.GetUtcNow().Earlier(time), cancellationToken).ConfigureAwait(false) : 0;

    private async Task<ConversationInfo> ExistingAsync(string conversationId, CancellationToken cancellationToken) =>
        await _store.FindAsync(Id(conversationId), cancellationToken).ConfigureAwait(false) ?? throw Missing(conversationId, null);

    private async Task<IReadOnlyList<ConversationTurn>> PathAsync(ConversationInfo info, CancellationToken cancellationToken) =>
        info.Head is { } head ? await _store.GetPathAsync(_options.Tenant, head, cancellationToken).ConfigureAwait(false) : [];

    private async Task<string> InTreeAsync(ConversationInfo info, string turnId, CancellationToken cancellationToken) =>
        (await _store.GetTreeAsync(info.Id, cancellationToken).ConfigureAwait(false)).Any(t => t.Id == turnId) ? turnId : throw Missing(info.Id.Name, turnId);

    private async Task PointAsync(ConversationInfo info, string? head, CancellationToken cancellationToken)
    {
        if (!await _store.MoveAsync(info.Id, head, info.Head, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"Another turn was made on the conversation '{info.Id.Name}' in the meantime.");
        }
    }

    private ConversationId Id(string conversationId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(conversationId);
        return new ConversationId(_options.Tenant, conversationId);
    }

    private static KeyNotFoundException Missing(string conversationId, string? turnId) =>
        new(turnId is null ? $"There is no conversation '{conversationId}'." : $"The conversation '{conversationId}' has no turn '{turnId}'.");
}
