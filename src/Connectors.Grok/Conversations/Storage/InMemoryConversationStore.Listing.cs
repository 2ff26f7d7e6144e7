namespace Connectors.Grok.Conversations;

/// <content>Pages of names.</content>
public sealed partial class InMemoryConversationStore
{
    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_tenants)
        {
            return new(_tenants.TryGetValue(query.Tenant, out var tenant) ? Page(tenant, query) : []);
        }
    }

    private static IReadOnlyList<ConversationInfo> Page(Tenant tenant, ConversationQuery query)
    {
        IEnumerable<ListKey> keys = tenant.ByChange;
        if (query.After is { } after)
        {
            var (last, end) = (new ListKey(after.UpdatedAt, after.Name), tenant.ByChange.Max);
            keys = ListKey.LastChangedFirst.Compare(last, end) >= 0 ? [] : tenant.ByChange.GetViewBetween(last, end).Where(k => k != last);
        }

        return [.. keys.TakeWhile(k => !(k.UpdatedAt < query.ChangedSince)).Take(query.PageSize).Select(k => tenant.Names[k.Name].ToInfo())];
    }
}
