using Microsoft.Extensions.AI;

namespace Connectors.Grok.Conversations;

/// <summary>What can be done with conversations beside talking: list, look back, fork, rewind, delete. All within one tenant.</summary>
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
        return info?.Head is { } head ? await _store.GetPathAsync(_options.Tenant, head, cancellationToken).ConfigureAwait(false) : [];
    }

    /// <summary>What was said in a turn: the new messages, and the answer's.</summary>
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
    /// <param name="turnId">The last shared turn; null for the last one.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeyNotFoundException">There is no such conversation, or it has no such turn.</exception>
    /// <exception cref="InvalidOperationException">The fork's id is taken.</exception>
    public async Task ForkAsync(string conversationId, string newConversationId, string? turnId = null, CancellationToken cancellationToken = default)
    {
        var turns = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        var at = turnId is null ? turns[^1] : turns.FirstOrDefault(t => t.Id == turnId) ?? throw Missing(conversationId, turnId);
        if (!await _store.MoveAsync(Id(newConversationId), at.Id, null, cancellationToken).ConfigureAwait(false))
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
        var path = await ExistingAsync(conversationId, cancellationToken).ConfigureAwait(false);
        ArgumentOutOfRangeException.ThrowIfNegative(turns);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(turns, path.Count);
        var head = turns == path.Count ? null : path[path.Count - 1 - turns].Id;
        if (!await _store.MoveAsync(Id(conversationId), head, path[^1].Id, cancellationToken).ConfigureAwait(false))
        {
            throw new InvalidOperationException($"Another turn was made on the conversation '{conversationId}' in the meantime.");
        }
    }

    /// <summary>Deletes a conversation here, and the stored responses that no other conversation shares on the server.</summary>
    /// <param name="conversationId">The conversation.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>How many responses were deleted on the server; ones that were gone already do not count.</returns>
    /// <exception cref="GrokException">The server could not be asked; the conversation is deleted here all the same.</exception>
    public async Task<int> DeleteAsync(string conversationId, CancellationToken cancellationToken = default)
    {
        var gone = await _store.DeleteAsync(Id(conversationId), cancellationToken).ConfigureAwait(false);
        var deleted = 0;
        foreach (var responseId in _responses is null ? [] : gone.SelectMany(static t => t.StoredResponseIds))
        {
            try
            {
                deleted += (await _responses!.DeleteAsync(responseId, cancellationToken).ConfigureAwait(false)).Deleted ? 1 : 0;
            }
            catch (GrokException e) when (e.Kind == GrokErrorKind.UnknownResponse)
            {
                // Expired or deleted before: that is what was wanted.
            }
        }

        return deleted;
    }

    private async Task<IReadOnlyList<ConversationTurn>> ExistingAsync(string conversationId, CancellationToken cancellationToken)
    {
        var turns = await GetTurnsAsync(conversationId, cancellationToken).ConfigureAwait(false);
        return turns.Count > 0 ? turns : throw Missing(conversationId, null);
    }

    private ConversationId Id(string conversationId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(conversationId);
        return new ConversationId(_options.Tenant, conversationId);
    }

    private static KeyNotFoundException Missing(string conversationId, string? turnId) =>
        new(turnId is null ? $"There is no conversation '{conversationId}'." : $"The conversation '{conversationId}' has no turn '{turnId}'.");
}
