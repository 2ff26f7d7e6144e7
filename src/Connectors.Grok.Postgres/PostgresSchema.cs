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
        var (quoted, user) = (PostgresSql.Quote(name), PostgresSql.Quote(connection.UserName ?? ""));
        var advice = $"Run: grant usage on schema {quoted} to {user}; grant select, insert, update, delete on all tables in schema {quoted} to {user};";
        try
        {
            var version = await VersionAsync(connection, cancellationToken).ConfigureAwait(false);
            if (version is not null && IsCurrent(version.Value))
            {
                return;
            }

            for (var attempt = 1; version is null; attempt++)
            {
                try
                {
                    // "if not exists" needs the right to create even when there is nothing to create.
                    if (!await SchemaExistsAsync(connection, cancellationToken).ConfigureAwait(false))
                    {
                        advice = $"The schema does not exist, and the user may not create it. Run: create schema {quoted} authorization {user};";
                        await ExecuteAsync(connection, Sql.CreateSchema, cancellationToken).ConfigureAwait(false);
                    }

                    // When two nodes create the same object at once, one of them fails despite "if not exists".
                    advice = $"The schema exists, but the user may not create its tables. Run: grant usage, create on schema {quoted} to {user};";
                    await ExecuteAsync(connection, Sql.CreateVersion, cancellationToken).ConfigureAwait(false);
                    await ExecuteAsync(connection, Sql.FirstVersion, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (PostgresException e) when (PostgresErrors.IsCreatedConcurrently(e) && attempt < MaxAttempts)
                {
                }
            }

            advice = "The tables have an older version, and only their owner can upgrade them: call InitializeAsync once as that user, or make this user a member of the owner's role.";
            await MigrateAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (PostgresErrors.IsDenied(e))
        {
            throw PostgresErrors.Denied(e, advice);
        }
    }

    /// <summary>Throws when the schema does not have the version of this build.</summary>
    public void Require(int? version)
    {
        if (version is null)
        {
            throw PostgresErrors.DroppedSchema(name);
        }

        if (!IsCurrent(version.Value))
        {
            throw PostgresErrors.OlderSchema(name, version.Value, Sql.Migrations.Count);
        }
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

    /// <summary>The version of the schema; null when there is none.</summary>
    public async Task<int?> VersionAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
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

    private async Task<bool> SchemaExistsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Sql.SchemaExists, connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = name } } };
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
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
