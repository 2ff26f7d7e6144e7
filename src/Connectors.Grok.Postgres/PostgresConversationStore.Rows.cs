using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <content>Reading and deleting rows.</content>
public sealed partial class PostgresConversationStore
{
    /// <summary>
    /// Deletes the conversations that <paramref name="lockSql"/> selects, with their turns, in two round trips of one transaction. The first
    /// locks the conversations, so the second sees all turns that they own.
    /// </summary>
    private ValueTask<int> RemoveAsync(string lockSql, NpgsqlParameter[] parameters, List<ConversationTurn>? deleted, CancellationToken cancellationToken) => _database.RunAsync(
        async (connection, attempt) =>
        {
            deleted?.Clear();
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var keys = await LockAsync(connection, lockSql, [.. parameters.Select(static p => p.Clone())], cancellationToken).ConfigureAwait(false);
                if (keys.Count > 0)
                {
                    await RemoveAsync(connection, [.. keys], deleted, cancellationToken).ConfigureAwait(false);
                    attempt.IsUncertain = true;
                    await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                }

                return keys.Count;
            }
        },
        isRepeatable: false,
        cancellationToken);

    private async Task<List<byte[]>> LockAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = await _database.CommandAsync(connection, sql, cancellationToken, parameters).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            return await ReadRowsAsync(rows, static row => row.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(NpgsqlConnection connection, byte[][] keys, List<ConversationTurn>? deleted, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] keyParameters = [new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = keys }];
        string[] statements = [Sql.ReassignSharedTurns, deleted is null ? Sql.DeleteTurns : Sql.DeleteTurnsReturning, Sql.DeleteNames];
        var batch = await _database.BatchAsync(connection, keyParameters, statements, cancellationToken).ConfigureAwait(false);
        await using (batch.ConfigureAwait(false))
        {
            // At most one of the three statements returns rows.
            var rows = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var turns = await ReadRowsAsync(rows, ToTurn, cancellationToken).ConfigureAwait(false);
            deleted?.AddRange(turns);
        }
    }

    private static async Task<List<T>> ReadRowsAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using (rows.ConfigureAwait(false))
        {
            var results = new List<T>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                results.Add(map(rows));
            }

            // Errors of the statements after the one that returned rows are raised here.
            while (await rows.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }

            return results;
        }
    }
}
