using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <content>What a call reads before its request, and replacing a turn's content.</content>
public sealed partial class PostgresConversationStore
{
    /// <inheritdoc/>
    public override async ValueTask<ConversationLookup?> LookUpAsync(ConversationId id, ConversationHistoryQuery? history, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(history);
        var key = RowKey.Create(id.Tenant, id.Name);
        var rows = history is null
            ? await ReadAsync(Sql.LookUp, key, ToLookup, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(Sql.LookUpHistory, HistoryParameters(key, id.Tenant, history), ToLookupWithMatch, cancellationToken).ConfigureAwait(false);
        return rows.SingleOrDefault();
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReplaceAsync(string tenant, ConversationTurn turn, ReadOnlyMemory<byte> expected, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turn);
        return _database.RunAsync(
            async (connection, attempt) =>
            {
                NpgsqlParameter[] parameters =
                    [Key(RowKey.Create(tenant, turn.Id)), new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = expected }, .. ToChangeable(turn)];
                return await ExecuteChangeAsync(connection, attempt, Sql.Replace, parameters, cancellationToken).ConfigureAwait(false) > 0;
            },
            isRepeatable: false,
            cancellationToken);
    }

    private static NpgsqlParameter[] HistoryParameters(byte[] key, string tenant, ConversationHistoryQuery history) =>
    [
        Key(key),
        Texts(history.Fingerprints),
        Texts(history.AnswerFingerprints),
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = history.TurnIds.Select(t => RowKey.Create(tenant, t)).ToArray() },
    ];
}
