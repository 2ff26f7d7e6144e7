using Connectors.Grok.Conversations;

namespace Connectors.Grok.Sqlite;

/// <content>What a call reads before its request, and replacing a turn's content.</content>
public sealed partial class SqliteConversationStore
{
    /// <inheritdoc/>
    public override ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(history);
        return _database.ReadAsync(session => history is null ? LookUp(session, id) : LookUp(session, id, history), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turn);
        var parameters = TurnRow.ToParameters(turn, tenant, ("@replaced", TurnRow.ToExactArray(expected)));
        return _database.WriteAsync(
            session =>
            {
                var replaced = session.Execute(Sql.Replace, parameters) == 1;
                return (replaced, Commit: replaced);
            },
            cancellationToken);
    }

    private static ConversationLookup? LookUp(SqliteSession session, ConversationId id)
    {
        using var row = session.Read(Sql.LookUp, ("@tenant", id.Tenant), ("@name", id.Name));
        return row.Read() ? new() { Info = TurnRow.ToInfo(row), Head = TurnRow.ToTurnOrNull(row, 6) } : null;
    }

    private static ConversationLookup? LookUp(SqliteSession session, ConversationId id, ConversationHistoryQuery history)
    {
        using var row = session.Read(
            Sql.LookUpHistory,
            ("@tenant", id.Tenant),
            ("@name", id.Name),
            ("@fingerprints", TurnRow.ToJson(history.Fingerprints)),
            ("@answers", TurnRow.ToJson(history.AnswerFingerprints)),
            ("@ids", TurnRow.ToJson(history.TurnIds)));
        return row.Read()
            ? new()
            {
                Info = TurnRow.ToInfo(row),
                Head = TurnRow.ToTurnOrNull(row, 6),
                Match = TurnRow.ToTurnOrNull(row, 8),
                HoldsAnswer = row.GetBoolean(10),
            }
            : null;
    }
}
