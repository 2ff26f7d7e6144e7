using Connectors.Grok.Conversations;
using Npgsql;
using static Connectors.Grok.Postgres.TurnRow;

namespace Connectors.Grok.Postgres;

/// <summary>
/// Conversations in PostgreSQL, or in an engine that speaks its protocol, shared by any number of nodes. Made to be kept: one store per
/// process, safe for concurrent use, disposed at the end.
/// </summary>
/// <remarks>
/// The schema is created on first use, once however many nodes start, and brought up to date by newer versions of this library; older
/// versions refuse it then. A turn is one prepared statement and one round trip. Serialization failures, deadlocks and broken connections
/// are tried again with growing, random pauses; a turn whose outcome got lost with its connection is looked up first, and never added twice.
/// Every method throws <see cref="ConversationStoreException"/> when the server is down, read-only, too slow, out of connections or newer;
/// its message says what to do. Ids of any length are found by their SHA-256 hash and kept beside it.
/// </remarks>
public sealed partial class PostgresConversationStore : ConversationStore, IAsyncDisposable
{
    private const int PurgeBatch = 50;

    private readonly PostgresDatabase _database;

    /// <summary>Keeps conversations in the database of a connection string. Nothing is opened before the first call.</summary>
    /// <param name="connectionString">The connection string, as Npgsql reads it.</param>
    /// <param name="options">How the store behaves; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The connection string is null.</exception>
    /// <exception cref="ArgumentException">The connection string is not one, or an option is out of range.</exception>
    public PostgresConversationStore(string connectionString, PostgresConversationStoreOptions? options = null) =>
        _database = new(NpgsqlDataSource.Create(connectionString ?? throw new ArgumentNullException(nameof(connectionString))), Checked(options), ownsSource: true);

    /// <summary>Keeps conversations in the database of a data source, which stays the caller's own to dispose. Nothing is opened before the first call.</summary>
    /// <param name="dataSource">The data source. Not a multiplexing one, unless <see cref="PostgresConversationStoreOptions.Prepare"/> is off.</param>
    /// <param name="options">How the store behaves; null for the defaults.</param>
    /// <exception cref="ArgumentNullException">The data source is null.</exception>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public PostgresConversationStore(NpgsqlDataSource dataSource, PostgresConversationStoreOptions? options = null) =>
        _database = new(dataSource ?? throw new ArgumentNullException(nameof(dataSource)), Checked(options), ownsSource: false);

    private PostgresSql Sql => _database.Sql;

    /// <summary>Connects, creates the schema or brings it up to date now instead of with the first call.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>A task that completes when the schema is ready.</returns>
    /// <exception cref="ConversationStoreException">The server cannot be reached, or the schema cannot be made or is newer.</exception>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken = default) =>
        await _database.RunAsync(static (_, _) => Task.FromResult(true), isRepeatable: true, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public override async ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return (await ReadAsync(Sql.Find, RowKey.Of(id.Tenant, id.Name), ToInfo, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return await ReadAsync(Sql.Path, RowKey.Of(tenant, turnId), ToTurn, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return (await ReadAsync(Sql.Turn, RowKey.Of(tenant, turnId), ToTurn, cancellationToken).ConfigureAwait(false)).SingleOrDefault();
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return await ReadAsync(Sql.Tree, RowKey.Of(id.Tenant, id.Name), ToTurn, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turn);
        StoreGuards.CheckOptional(expectedHead);
        var (sql, key) = (expectedHead is null ? Sql.AppendFirst : Sql.Append, RowKey.Of(id.Tenant, turn.Id));
        return _database.RunAsync(
            async (connection, attempt) =>
            {
                try
                {
                    NpgsqlParameter[] parameters = [.. Pointing(id, key, expectedHead), .. ToParameters(turn, id.Tenant)];
                    if (await ChangeAsync(connection, attempt, sql, parameters, cancellationToken).ConfigureAwait(false))
                    {
                        return true;
                    }
                }
                catch (PostgresException e) when (PostgresErrors.IsTorn(e))
                {
                    // The parent went away in this moment.
                    return false;
                }
                catch (PostgresException e) when (PostgresErrors.IsDuplicate(e))
                {
                    return attempt.FollowsUncertain ? true : throw new InvalidOperationException($"The turn {turn.Id} is stored already; a turn is added once.", e);
                }

                // Nobody else has this turn: if it is there, the attempt whose answer got lost has put it there.
                return attempt.FollowsUncertain && await IsThereAsync(connection, key, cancellationToken).ConfigureAwait(false);
            },
            isRepeatable: true,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, CancellationToken cancellationToken = default)
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
                    var parameters = Pointing(id, RowKey.OfOptional(id.Tenant, head), expectedHead);
                    return await ChangeAsync(connection, attempt, sql, parameters, cancellationToken).ConfigureAwait(false);
                }
                catch (PostgresException e) when (PostgresErrors.IsTorn(e))
                {
                    return false;
                }
            },
            isRepeatable: false,
            cancellationToken);
    }

    /// <inheritdoc/>
    public override async ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        var rows = await ReadAsync(Sql.Usage, RowKey.Of(id.Tenant, id.Name), ToTotals, cancellationToken).ConfigureAwait(false);
        return rows.Aggregate(ConversationUsage.None, static (usage, row) => row.IsOwn ? usage with { Own = row.Totals } : usage with { Shared = row.Totals });
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        NpgsqlParameter[] parameters =
        [
            Key(RowKey.OfTenant(query.Tenant)),
            Ticks(query.After?.UpdatedAt),
            Key(RowKey.OfOptional(query.Tenant, query.After?.Name)),
            new NpgsqlParameter<int> { TypedValue = query.PageSize },
        ];
        return await ReadAsync(Sql.List, parameters, ToInfo, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask<IReadOnlyList<ConversationTurn>> DeleteAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        var gone = new List<ConversationTurn>();
        await RemoveAsync(Sql.LockOne, [Key(RowKey.Of(id.Tenant, id.Name))], gone, cancellationToken).ConfigureAwait(false);
        return [.. gone.OrderBy(static t => t.Depth)];
    }

    /// <inheritdoc/>
    public override async ValueTask<int> PurgeAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var purged = 0;
        while (true)
        {
            // Small transactions, so that nobody who writes a turn waits for long.
            NpgsqlParameter[] old = [Ticks(before), new NpgsqlParameter<int> { TypedValue = PurgeBatch }];
            var batch = await RemoveAsync(Sql.LockOld, old, gone: null, cancellationToken).ConfigureAwait(false);
            purged += batch;
            if (batch == 0)
            {
                return purged;
            }
        }
    }

    /// <summary>Closes the connections, if the data source is the store's own.</summary>
    /// <returns>A task that completes when they are closed.</returns>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static PostgresConversationStoreOptions Checked(PostgresConversationStoreOptions? options)
    {
        options ??= new();
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Schema, nameof(options));
        StoreGuards.Check(options.Schema, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Schema.Length, 63, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries, nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        return options;
    }

    private NpgsqlParameter[] Pointing(ConversationId id, byte[]? head, string? expectedHead)
    {
        NpgsqlParameter[] common = [Key(RowKey.Of(id.Tenant, id.Name)), Key(head), Ticks(_database.Time.GetUtcNow())];
        return expectedHead is null
            ? [.. common, Key(RowKey.OfTenant(id.Tenant)), Text(id.Tenant), Text(id.Name)]
            : [.. common, Key(RowKey.Of(id.Tenant, expectedHead))];
    }

    private async Task<bool> ChangeAsync(NpgsqlConnection connection, Attempt attempt, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        var command = await _database.CommandAsync(connection, sql, cancellationToken, parameters).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            attempt.IsUncertain = true;
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false) > 0;
        }
    }

    private async Task<bool> IsThereAsync(NpgsqlConnection connection, byte[] turn, CancellationToken cancellationToken)
    {
        var command = await _database.CommandAsync(connection, Sql.Has, cancellationToken, Key(turn)).ConfigureAwait(false);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is not null;
        }
    }

    private ValueTask<List<T>> ReadAsync<T>(string sql, byte[] key, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) =>
        ReadAsync(sql, [Key(key)], map, cancellationToken);

    private ValueTask<List<T>> ReadAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken) => _database.RunAsync(
        async (connection, _) =>
        {
            // Copies: a parameter belongs to one command, and each attempt has its own.
            var command = await _database.CommandAsync(connection, sql, cancellationToken, [.. parameters.Select(static p => p.Clone())]).ConfigureAwait(false);
            await using (command.ConfigureAwait(false))
            {
                return await RowsAsync(await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false), map, cancellationToken).ConfigureAwait(false);
            }
        },
        isRepeatable: true,
        cancellationToken);
}
