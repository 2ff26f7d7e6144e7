using Connectors.Grok.Conversations;
using Npgsql;
using NpgsqlTypes;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <summary>What lists rows and what removes them.</summary>
public sealed partial class PostgresConversationStore
{
    /// <summary>
    /// Deletes the names that <paramref name="lockSql"/> finds, with their turns. Two round trips in one transaction: after the first,
    /// nobody can add to these names, so the second sees all that they own.
    /// </summary>
    private ValueTask<int> RemoveAsync(string lockSql, NpgsqlParameter[] parameters, List<ConversationTurn>? gone, CancellationToken cancellationToken) => _database.RunAsync(
        async (connection, attempt) =>
        {
            gone?.Clear();
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var keys = await LockAsync(connection, lockSql, [.. parameters.Select(static p => p.Clone())], cancellationToken).ConfigureAwait(false);
                if (keys.Count > 0)
                {
                    await RemoveAsync(connection, [.. keys], gone, cancellationToken).ConfigureAwait(false);
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
            return await RowsAsync(rows, static row => row.GetFieldValue<byte[]>(0), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(NpgsqlConnection connection, byte[][] keys, List<ConversationTurn>? gone, CancellationToken cancellationToken)
    {
        NpgsqlParameter[] doomed = [new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea, Value = keys }];
        string[] statements = [Sql.Bequeath, gone is null ? Sql.DeleteTurns : Sql.DeleteTurnsReturning, Sql.DeleteNames];
        var batch = await _database.BatchAsync(connection, doomed, statements, cancellationToken).ConfigureAwait(false);
        await using (batch.ConfigureAwait(false))
        {
            // Only one of the three statements gives rows back, if any.
            var rows = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var turns = await RowsAsync(rows, ToTurn, cancellationToken).ConfigureAwait(false);
            gone?.AddRange(turns);
        }
    }

    private static async Task<List<T>> RowsAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using (rows.ConfigureAwait(false))
        {
            var all = new List<T>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                all.Add(map(rows));
            }

            // Errors of the statements after the one that gave rows come only now.
            while (await rows.NextResultAsync(cancellationToken).ConfigureAwait(false))
            {
            }

            return all;
        }
    }
}
