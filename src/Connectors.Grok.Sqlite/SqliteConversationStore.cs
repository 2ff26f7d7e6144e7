using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>
/// Stores conversations in a SQLite file that survives crashes of the process and of the machine and can be shared by several processes
/// of one machine. Safe for concurrent use; create one store per file and process, and dispose it when the application stops.
/// </summary>
/// <remarks>
/// The file is created on first use. Newer versions of this library upgrade it; older versions then reject it, and those that have it open
/// fail. Before an upgrade the file is copied to a file beside it (<c>conversations.db.v1.bak</c>, or the next free name), and nothing is
/// changed when that fails. The store uses a
/// write-ahead log (two more files next to the database), and every turn is on disk before <see cref="AppendAsync"/> returns. SQLite has no
/// asynchronous calls: each method runs a short transaction on the calling thread, and awaits only the queue of writers and the lock of
/// another process. Every method throws <see cref="ConversationStoreException"/> when the file is unreadable, damaged, read-only, of a newer
/// schema version or locked for too long, when it was deleted or replaced while it was open, or when the disk is full; the message says what
/// to do.
/// </remarks>
public sealed partial class SqliteConversationStore : ConversationStore, IDisposable, IAsyncDisposable
{
    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    /// <summary>Creates a store over a file. The file is opened by the first call.</summary>
    /// <param name="file">The path of the file; its directory must exist.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="file"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="file"/> is blank, in-memory or a connection string, or an option is out of range.</exception>
    public SqliteConversationStore(string file, SqliteConversationStoreOptions? options = null)
        : this(SqliteConnections.FromFile(file), options)
    {
    }

    /// <summary>Creates a store over the file of a connection string. The file is opened by the first call. To parse a string, see <see cref="FromConnectionString"/>.</summary>
    /// <param name="connection">The connection string. The store ignores its pooling and timeout and uses its own.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connection"/> names no file, or an option is out of range.</exception>
    public SqliteConversationStore(SqliteConnectionStringBuilder connection, SqliteConversationStoreOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        if (string.IsNullOrWhiteSpace(connection.DataSource) || connection.DataSource == ":memory:" || connection.Mode == SqliteOpenMode.Memory)
        {
            throw new ArgumentException("The connection string names no file. To store conversations in memory, use InMemoryConversationStore.", nameof(connection));
        }

        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BusyTimeout, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.BusyTimeout, TimeSpan.FromHours(1), nameof(options));
        ArgumentNullException.ThrowIfNull(options.TimeProvider, nameof(options));
        _time = options.TimeProvider;
        _database = new(connection, options.BusyTimeout, options.UnixCreateMode);
    }

    /// <summary>Creates a store over the file of a connection string. The file is opened by the first call.</summary>
    /// <param name="connectionString">The connection string, as Microsoft.Data.Sqlite reads it. The store ignores its pooling and timeout and uses its own.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <returns>The store.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="connectionString"/> is null.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="connectionString"/> is not valid or names no file, or an option is out of range. The message does not repeat the
    /// connection string, because it may contain a password.
    /// </exception>
    public static SqliteConversationStore FromConnectionString(string connectionString, SqliteConversationStoreOptions? options = null) =>
        new(SqliteConnections.Parse(connectionString), options);

    /// <summary>
    /// Opens the file now instead of with the first call: creates it, or migrates its schema, if needed. Later calls check that it is still
    /// there, and create it again when it was deleted.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that completes when the file is ready.</returns>
    /// <exception cref="ConversationStoreException">The file cannot be opened, created or migrated.</exception>
    /// <exception cref="ObjectDisposedException">The store is disposed.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled.</exception>
    public override ValueTask InitializeAsync(CancellationToken cancellationToken = default) => _database.InitializeAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask CheckAsync(CancellationToken cancellationToken = default) => _database.CheckAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<ConversationInfo?> FindAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _database.ReadAsync(
            session =>
            {
                using var row = session.Read(Sql.Find, ("@tenant", id.Tenant), ("@name", id.Name));
                return row.Read() ? TurnRow.ToInfo(row) : null;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetPathAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return _database.ReadAsync<IReadOnlyList<ConversationTurn>>(
            session => Turns(session.Read(Sql.Path, ("@tenant", tenant), ("@id", turnId))), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationTurn?> GetTurnAsync(string tenant, string turnId, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(tenant);
        StoreGuards.Check(turnId);
        return _database.ReadAsync(
            session => Turns(session.Read(Sql.Turn, ("@tenant", tenant), ("@id", turnId))).SingleOrDefault(), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetTreeAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _database.ReadAsync<IReadOnlyList<ConversationTurn>>(
            session => Turns(session.Read(Sql.Tree, ("@tenant", id.Tenant), ("@name", id.Name))), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> AppendAsync(ConversationId id, ConversationTurn turn, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.Check(turn);
        StoreGuards.CheckOptional(expectedHead);
        (string, object?) tenant = ("@tenant", id.Tenant), name = ("@name", id.Name), expected = ("@expected", expectedHead), parent = ("@parent", turn.ParentId);
        var parameters = TurnRow.ToParameters(turn, id.Tenant, name, expected, parent, ("@depth", turn.Depth));
        return _database.WriteAsync(
            session =>
            {
                (string, object?) now = ("@now", _time.GetUtcNow().UtcTicks);
                if (expectedHead is null)
                {
                    session.Execute(Sql.Create, tenant, name, now);
                }

                if (!Insert(session, Sql.Append, parameters, turn.Id))
                {
                    return (false, Commit: false);
                }

                session.Execute(Sql.PointToAppended, tenant, name, now, expected, parent, ("@stays", turn.Kind == ConversationTurnKind.Unanswered));
                return (true, Commit: true);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> MoveAsync(ConversationId id, string? head, string? expectedHead, DateTimeOffset? expiresAt = null, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(head);
        StoreGuards.CheckOptional(expectedHead);
        return _database.WriteAsync(
            session =>
            {
                (string, object?) now = ("@now", _time.GetUtcNow().UtcTicks), tenant = ("@tenant", id.Tenant), name = ("@name", id.Name);
                if (expectedHead is null)
                {
                    session.Execute(Sql.Create, tenant, name, now);
                }

                var moved = session.Execute(Sql.Move, tenant, name, now, ("@head", head), ("@expected", expectedHead)) == 1;
                return (moved, Commit: moved);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationTurn>> GetOutlineAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _database.ReadAsync<IReadOnlyList<ConversationTurn>>(
            session => Turns(session.Read(Sql.Outline, ("@tenant", id.Tenant), ("@name", id.Name))), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<bool> SetTitleAsync(ConversationId id, string? title, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        StoreGuards.CheckOptional(title);
        return _database.WriteAsync(
            session =>
            {
                var isSet = session.Execute(Sql.SetTitle, ("@tenant", id.Tenant), ("@name", id.Name), ("@title", title)) == 1;
                return (isSet, Commit: isSet);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<ConversationUsage> GetUsageAsync(ConversationId id, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(id);
        return _database.ReadAsync(session => TurnRow.ToUsage(session.Read(Sql.Usage, ("@tenant", id.Tenant), ("@name", id.Name))), cancellationToken);
    }

    /// <inheritdoc/>
    public override ValueTask<IReadOnlyList<ConversationInfo>> ListAsync(ConversationQuery query, CancellationToken cancellationToken = default)
    {
        StoreGuards.Check(query);
        return _database.ReadAsync<IReadOnlyList<ConversationInfo>>(
            session =>
            {
                (string, object?) tenant = ("@tenant", query.Tenant), since = ("@since", query.ChangedSince?.UtcTicks ?? 0), most = ("@most", query.PageSize);
                using var rows = query.After is { } after
                    ? session.Read(Sql.ListAfter, tenant, since, most, ("@updated", after.UpdatedAt.UtcTicks), ("@after", after.Name))
                    : session.Read(Sql.List, tenant, since, most);
                var infos = new List<ConversationInfo>();
                while (rows.Read())
                {
                    infos.Add(TurnRow.ToInfo(rows));
                }

                return infos;
            },
            cancellationToken);
    }

    /// <summary>Closes the file. Waits for running writes; calls that wait for a lock fail.</summary>
    public void Dispose() => _database.Dispose();

    /// <summary>Closes the file without blocking the calling thread. Waits for running writes; calls that wait for a lock fail.</summary>
    /// <returns>A task that completes when the file is closed.</returns>
    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static bool Insert(SqliteSession session, string sql, (string, object?)[] parameters, string id)
    {
        try
        {
            return session.Execute(sql, parameters) == 1;
        }
        catch (SqliteException e) when (SqliteErrors.IsDuplicate(e))
        {
            throw new InvalidOperationException($"The turn '{id}' is already stored. Give each turn a new id.", e);
        }
    }

    private static List<ConversationTurn> Turns(SqliteDataReader rows)
    {
        using (rows)
        {
            var turns = new List<ConversationTurn>();
            while (rows.Read())
            {
                turns.Add(TurnRow.ToTurn(rows));
            }

            return turns;
        }
    }
}
