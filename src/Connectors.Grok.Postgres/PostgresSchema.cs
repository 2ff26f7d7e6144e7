using System.Globalization;
using Npgsql;

namespace Connectors.Grok.Postgres;

/// <summary>
/// Creates or migrates the schema. When several nodes start at once, a lock on the version row lets one of them migrate. A node that finds
/// the current version needs no create privilege.
/// </summary>
internal sealed class PostgresSchema(string name)
{
    private const int MaxAttempts = 20;

    public PostgresSql Sql { get; } = new(name);

    public async Task PrepareAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (await VersionAsync(connection, cancellationToken).ConfigureAwait(false) is { } version && IsCurrent(version))
        {
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // When two nodes create the same object at once, one of them fails despite "if not exists".
                await ExecuteAsync(connection, Sql.CreateSchema, cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(connection, Sql.CreateVersion, cancellationToken).ConfigureAwait(false);
                await ExecuteAsync(connection, Sql.FirstVersion, cancellationToken).ConfigureAwait(false);
                break;
            }
            catch (PostgresException e) when (PostgresErrors.IsCreatedConcurrently(e) && attempt < MaxAttempts)
            {
            }
        }

        await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
    }

    private async Task MigrateAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var version = await NumberAsync(connection, Sql.LockVersion, cancellationToken).ConfigureAwait(false) ?? 0;
            if (IsCurrent(version))
            {
                return;
            }

            for (; version < Sql.Migrations.Count; version++)
            {
                // As long as it takes: the rows of large tables are rewritten.
                await ExecuteAsync(connection, Sql.Migrations[version], cancellationToken, timeout: 0).ConfigureAwait(false);
            }

            var set = new NpgsqlCommand(Sql.SetVersion, connection) { Parameters = { new NpgsqlParameter<int> { TypedValue = version } } };
            await using (set.ConfigureAwait(false))
            {
                await set.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }

            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private bool IsCurrent(int version) =>
        version <= Sql.Migrations.Count ? version == Sql.Migrations.Count : throw PostgresErrors.NewerSchema(name, version, Sql.Migrations.Count);

    private async Task<int?> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await NumberAsync(connection, Sql.Version, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PostgresErrors.IsMissing(e))
        {
            return null;
        }
    }

    private static async Task<int?> NumberAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            var value = await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
            return value is null ? null : Convert.ToInt32(value, CultureInfo.InvariantCulture);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, int? timeout = null)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = timeout ?? command.CommandTimeout;
        await using (command.ConfigureAwait(false))
        {
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
