using System.Text;
using Connectors.Grok.Conversations;
using Npgsql;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <summary>
/// Stores conversations in PostgreSQL, or in a compatible database, shared by any number of nodes. Safe for concurrent use; create one store
/// per process, and dispose it when the application stops.
/// </summary>
/// <remarks>
/// The schema is created on first use. Newer versions of this library upgrade it in one transaction; older versions then reject it, and their
/// nodes that still run fail instead of writing. When several nodes start at once, one of them creates or upgrades the schema. Appending a
/// turn is one statement and one round trip. The store never takes part in a transaction of the caller (<see cref="System.Transactions.TransactionScope"/>).
/// It retries serialization failures, deadlocks, broken connections, and writes that the server rejected as read-only (over a new connection),
/// with exponential backoff and jitter; after a connection broke during an append, it checks whether the turn was stored before it retries, so a turn is never stored twice. Every method throws
/// <see cref="ConversationStoreException"/> when the server is down, read-only, too slow, out of connections or has a newer schema; the
/// message says what to do. Rows are keyed by the SHA-256 hash of tenant and id, so ids can have any length.
/// </remarks>
public sealed partial class PostgresConversationStore : ConversationStore, IDisposable, IAsyncDisposable
{
    private const int MaxSchemaBytes = 63;

    private readonly PostgresDatabase _database;

    /// <summary>Creates a store over the database of a connection string. The first call connects.</summary>
    /// <param name="connectionString">The connection string, as Npgsql reads it.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connectionString"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is not valid, or an option is out of range.</exception>
    public PostgresConversationStore(string connectionString, PostgresConversationStoreOptions? options = null) =>
        _database = new(PostgresDatabase.CreateSource(connectionString ?? throw new ArgumentNullException(nameof(connectionString))), Validate(options), ownsSource: true);

    /// <summary>Creates a store over a data source, which the store does not dispose. The first call connects.</summary>
    /// <param name="dataSource">The data source. A multiplexing data source requires <see cref="PostgresConversationStoreOptions.Prepare"/> to be false.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="dataSource"/> is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PostgresConversationStore(NpgsqlDataSource dataSource, PostgresConversationStoreOptions? options = null) =>
        _database = new(dataSource ?? throw new ArgumentNullException(nameof(dataSource)), Validate(options), ownsSource: false);

    private PostgresSql Sql => _database.Sql;

    /// <summary>
    /// Connects now instead of with the first call: creates the schema, or migrates it, if needed. Later calls check that it is still there,
    /// and create it again when it was dropped.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the schema is ready.</returns>
    /// <exception cref="ConversationStoreException">The server cannot be reached, or the schema cannot be created or has a newer version.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public override async ValueTask InitializeAsync(CancellationToken cancellationToken = default)
    {
        _database.AllowCreation();
        await _database.RunAsync(static (_, _) => Task.FromResult(true), isRepeatable: true, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask CheckAsync(CancellationToken cancellationToken = default) => await _database.RunAsync(
        async (connection, _) =>
        {
            var rows = await QueryAsync(
                connection, Sql.Check, [], static row => (Version: row.GetInt32(0), IsReadOnly: row.GetString(1) == "on", CanInsert: row.GetBoolean(2)), cancellationToken).ConfigureAwait(false);
            _database.Require(rows.Select(static r => (int?)r.Version).SingleOrDefault());
            return rows[0] switch
            {
                // As a write would fail, so that a connection from a time when the server was read-only is replaced as well.
                { IsReadOnly: true } => throw PostgresErrors.Create(PostgresErrorCodes.ReadOnlySqlTransaction, "transaction_read_only is on"),
                { CanInsert: false } => throw PostgresErrors.Create(PostgresErrorCodes.InsufficientPrivilege, "no privilege to insert turns"),
                _ => true,
            };
        },
        isRepeatable: true,
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return (await ReadAsync(Sql.Find, RowKey.Create(id.Tenant, id.Name), ToInfo, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return await ReadAsync(Sql.Path, RowKey.Create(tenant, turnId), ToTurn, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return (await ReadAsync(Sql.Turn, RowKey.Create(tenant, turnId), ToTurn, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return await ReadAsync(Sql.Tree, RowKey.Create(id.Tenant, id.Name), ToTurn, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turn);
        StoreGuards.CheckOptional(expectedHead);
        var moves = turn.Kind != ConversationTurnKind.Unanswered;
        var (sql, key) = (expectedHead is null ? (moves ? Sql.AppendFirst : Sql.AddFirst) : moves ? Sql.Append : Sql.Add, RowKey.Create(id.Tenant, turn.Id));
        return _database.RunAsync(
            async (connection, attempt) =>
            {
                try
                {
                    NpgsqlParameter[] parameters = [.. HeadParameters(id, key, expectedHead), .. ToParameters(turn, id.Tenant)];
                    if (await ExecuteChangeAsync(connection, attempt, sql, parameters, cancellationToken).ConfigureAwait(false) > 0)
                    {
                        return true;
                    }
                }
                catch (PostgresException e) when (PostgresErrors.IsForeignKeyConflict(e))
                {
                    // The parent was deleted at the same time.
                    return false;
                }
                catch (PostgresException e) when (PostgresErrors.IsDuplicate(e))
                {
                    return attempt.FollowsUncertain ? true : throw new InvalidOperationException($"The turn '{turn.Id}' is already stored. Give each turn a new id.", e);
                }

                // Only this call writes this turn, so a stored turn comes from an earlier attempt whose result was lost.
                return attempt.FollowsUncertain && await ExistsAsync(connection, Sql.TurnExists, [Key(key)], cancellationToken).ConfigureAwait(false);
            },
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        var sql = expectedHead is null ? Sql.MoveFirst : Sql.Move;
        return _database.RunAsync(
            async (connection, attempt) =>
            {
                try
                {
                    var parameters = HeadParameters(id, RowKey.CreateOptional(id.Tenant, head), expectedHead);
                    return await ExecuteChangeAsync(connection, attempt, sql, parameters, cancellationToken).ConfigureAwait(false) > 0;
                }
                catch (PostgresException e) when (PostgresErrors.IsForeignKeyConflict(e))
                {
                    return false;
                }
            },
            isRepeatable: false,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetOutlineAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return await ReadAsync(Sql.Outline, RowKey.Create(id.Tenant, id.Name), ToTurn, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(title);
        return _database.RunAsync(
            async (connection, attempt) =>
                await ExecuteChangeAsync(connection, attempt, Sql.SetTitle, [Key(RowKey.Create(id.Tenant, id.Name)), Text(title)], cancellationToken).ConfigureAwait(false) > 0,
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        var rows = await ReadAsync(Sql.Usage, RowKey.Create(id.Tenant, id.Name), ToTotals, cancellationToken).ConfigureAwait(false);
        return rows.Aggregate(ConversationUsage.None, static (usage, row) => row.IsOwn ? usage with { Own = row.Totals } : usage with { Shared = row.Totals });
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        NpgsqlParameter[] page = [Key(RowKey.CreateForTenant(query.Tenant)), new NpgsqlParameter<long> { TypedValue = query.ChangedSince?.UtcTicks ?? 0 }, Number(query.PageSize)];
        return query.After is { } after
            ? await ReadAsync(Sql.ListAfter, [.. page, Ticks(after.UpdatedAt), Key(RowKey.Create(query.Tenant, after.Name))], ToInfo, cancellationToken).ConfigureAwait(false)
            : await ReadAsync(Sql.List, page, ToInfo, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes the connections, if the store created its data source.</summary>
    public void Dispose() => _database.Dispose();

    /// <summary>Closes the connections, if the store created its data source.</summary>
    /// <returns>A task that completes when they are closed.</returns>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static PostgresConversationStoreOptions Validate(PostgresConversationStoreOptions? options)
    {
        options ??= new();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Schema, nameof(options));
        StoreGuards.Check(options.Schema, nameof(options));
        if (Encoding.UTF8.GetByteCount(options.Schema) is var bytes and > MaxSchemaBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Schema, $"The schema name has {bytes} bytes in UTF-8. PostgreSQL cuts names after {MaxSchemaBytes} bytes, so that two names could be one schema. Use a shorter name.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries, nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        return options;
    }

    private NpgsqlParameter[] HeadParameters(ConversationId id, byte[]? head, string? expectedHead)
    {
        NpgsqlParameter[] common = [Key(RowKey.Create(id.Tenant, id.Name)), Key(head), Ticks(_database.Time.GetUtcNow())];
        return expectedHead is null
            ? [.. common, Key(RowKey.CreateForTenant(id.Tenant)), Text(id.Tenant), Text(id.Name)]
            : [.. common, Key(RowKey.Create(id.Tenant, expectedHead))];
    }
}
