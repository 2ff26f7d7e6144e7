using Npgsql;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <content>Running statements and reading rows.</content>
public sealed partial class PostgresConversationStore
{
    private ValueTask<List<T>> ReadAsync<T>(string sql, byte[] key, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) =>
        ReadAsync(sql, [Key(key)], map, cancellationToken);

    private ValueTask<List<T>> ReadAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) => _database.RunAsync(
        (connection, _) => QueryAsync(connection, sql, Copy(parameters), map, cancellationToken),
        isRepeatable: true,
        cancellationToken);

    private async Task<List<T>> QueryAsync<T>(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        var command = await _database.CommandAsync(connection, sql, cancellationToken, parameters).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (rows.ConfigureAwait(false))
            {
                var results = new List<T>();
                while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    results.Add(map(rows));
                }

                return results;
            }
        }
    }

    /// <returns>The number of changed rows.</returns>
    private async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = await _database.CommandAsync(connection, sql, cancellationToken, parameters).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Runs a statement that commits what it changes.</summary>
    private Task<int> ExecuteChangeAsync(NpgsqlConnection connection, Attempt attempt, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        attempt.IsUncertain = true;
        return ExecuteAsync(connection, sql, parameters, cancellationToken);
    }

    private async Task<bool> ExistsAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
        (await QueryAsync(connection, sql, parameters, static _ => true, cancellationToken).ConfigureAwait(false)).Count > 0;

    // A parameter belongs to one command, and each attempt creates a command, so each attempt gets copies.
    private static NpgsqlParameter[] Copy(NpgsqlParameter[] parameters) => [.. parameters.Select(static p => p.Clone())];
}
