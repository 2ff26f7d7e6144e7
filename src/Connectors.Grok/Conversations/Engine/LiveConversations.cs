namespace Connectors.Grok.Conversations.Engine;

/// <summary>
/// The conversations of a store that are not older than <see cref="ConversationOptions.KeepFor"/> allows. This is the only place that decides
/// it: an expired conversation does not exist for any call or operation, whether it was purged yet or not.
/// </summary>
internal sealed class LiveConversations(ConversationStore store, ConversationOptions settings)
{
    /// <summary>A conversation that was last changed before this time is expired; null when none expires.</summary>
    private DateTimeOffset? Since => settings.KeepFor is { } time ? settings.TimeProvider.GetUtcNow().Earlier(time) : null;

    /// <summary>Whether nothing that was last changed at a time exists any more.</summary>
    public bool IsExpired(DateTimeOffset changed) => changed < Since;

    /// <summary>Finds a conversation. An expired one stays in the store.</summary>
    public async ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken) =>
        await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } info && !IsExpired(info.UpdatedAt) ? info : null;

    /// <summary>Finds a conversation with its head. An expired one stays in the store.</summary>
    public async ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken) =>
        await store.LookUpAsync(id, history, cancellationToken).ConfigureAwait(false) is { } lookup && !IsExpired(lookup.Info.UpdatedAt) ? lookup : null;

    /// <summary>Finds a conversation to which a turn will be added. An expired one is deleted first, so that the turn begins a new one.</summary>
    public async ValueTask<ConversationLookup?> LookUpToAppendAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken)
    {
        ConversationInfo? deleted = null;
        while (await store.LookUpAsync(id, history, cancellationToken).ConfigureAwait(false) is { } lookup)
        {
            if (!IsExpired(lookup.Info.UpdatedAt))
            {
                return lookup;
            }

            if (lookup.Info == deleted || await IsDeletedAsync(lookup.Info, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            deleted = lookup.Info;
        }

        return null;
    }

    /// <summary>Whether a name can be given to a new conversation. An expired conversation of that name is deleted.</summary>
    public async ValueTask<bool> IsFreeAsync(ConversationId id, CancellationToken cancellationToken)
    {
        ConversationInfo? deleted = null;
        while (await store.FindAsync(id, cancellationToken).ConfigureAwait(false) is { } info)
        {
            if (!IsExpired(info.UpdatedAt) || info == deleted)
            {
                return false;
            }

            if (await IsDeletedAsync(info, cancellationToken).ConfigureAwait(false))
            {
                break;
            }

            deleted = info;
        }

        return true;
    }

    /// <summary>Lists conversations.</summary>
    public ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(string tenant, int pageSize, ConversationPosition? after, CancellationToken cancellationToken) =>
        store.ListAsync(new() { Tenant = tenant, PageSize = pageSize, After = after, ChangedSince = Since }, cancellationToken);

    /// <summary>Deletes the expired conversations of all tenants, and returns their number.</summary>
    public async ValueTask<int> PurgeAsync(CancellationToken cancellationToken) =>
        Since is { } since ? await store.PurgeAsync(since, cancellationToken).ConfigureAwait(false) : 0;

    /// <summary>
    /// Deletes a name as it was found. Another node may have deleted it already and saved a turn under the name since: that one stays. No
    /// deleted turns mean that the name was changed, or that other names keep all of its turns.
    /// </summary>
    private async ValueTask<bool> IsDeletedAsync(ConversationInfo info, CancellationToken cancellationToken) =>
        (await store.DeleteAsync(info.Id, info, cancellationToken).ConfigureAwait(false)).Count > 0;
}
