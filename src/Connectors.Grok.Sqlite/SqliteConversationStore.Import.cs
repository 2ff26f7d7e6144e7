using Connectors.Grok.Conversations;

namespace Connectors.Grok.Sqlite;

/// <content>Importing a tree in one transaction.</content>
public sealed partial class SqliteConversationStore
{
    /// <inheritdoc/>
    public override ValueTask<bool> ImportAsync(
        ConversationId id, IReadOnlyList<ConversationTurn> turns, string? head, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turns, head);
        return _database.WriteAsync(
            session =>
            {
                var isNew = session.Execute(Sql.Create, ("@tenant", id.Tenant), ("@name", id.Name), ("@now", _time.GetUtcNow().UtcTicks)) == 1;
                if (isNew)
                {
                    Import(session, id.Tenant, session.Number(Sql.LastKey)!.Value, turns, head);
                }

                return (isNew, Commit: isNew);
            },
            cancellationToken);
    }

    private static void Import(SqliteSession session, string tenant, long owner, IReadOnlyList<ConversationTurn> turns, string? head)
    {
        var keys = new Dictionary<string, long>(turns.Count, StringComparer.Ordinal);
        foreach (var turn in turns)
        {
            object? parent = turn.ParentId is { } id ? keys[id] : null;
            Insert(session, Sql.Import, TurnRow.ToParameters(turn, tenant, ("@parent", parent), ("@owner", owner), ("@depth", turn.Depth)), turn.Id);
            keys.Add(turn.Id, session.Number(Sql.LastKey)!.Value);
        }

        if (head is not null)
        {
            session.Execute(Sql.PointToImported, ("@key", owner), ("@head", keys[head]));
        }
    }
}
