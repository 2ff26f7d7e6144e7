using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Opens connections to the file. The first one creates the file or upgrades its schema if needed.</summary>
internal sealed class SqliteOpener(SqliteConnectionStringBuilder connection, UnixFileMode? createMode)
{
    /// <summary>How long a statement blocks its thread while another process has the whole file locked, before the call waits without a thread.</summary>
    public const int BusyMilliseconds = 20;

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connection.ConnectionString)
    {
        // The same file for all connections, also when the working directory changes.
        DataSource = SqliteFile.PathOf(connection) ?? connection.DataSource,

        // The store pools the connections, with their prepared statements.
        Pooling = false,

        // The shortest there is, in seconds.
        DefaultTimeout = 1,
    }.ConnectionString;

    private volatile bool _isReady;
    private bool _wasReady;

    /// <summary>The path of the file; null when the data source is a URI.</summary>
    public string? Path { get; } = SqliteFile.PathOf(connection);

    /// <summary>Whether the file has the current schema.</summary>
    public bool IsReady
    {
        get => _isReady;
        set => _isReady = value;
    }

    /// <summary>Allows the next call to create a file although there was one.</summary>
    public void AllowCreation() => _wasReady = false;

    public SqliteSession Open()
    {
        if (_wasReady && Path is not null && !File.Exists(Path))
        {
            throw SqliteErrors.MissingFile(connection.DataSource);
        }

        if (!_isReady && Path is not null)
        {
            SqliteSchema.ThrowIfEmptied(Path);
            if (createMode is { } mode && connection.Mode == SqliteOpenMode.ReadWriteCreate)
            {
                SqliteFile.Create(Path, mode);
            }
        }

        var session = Connect();
        try
        {
            if (!_isReady)
            {
                SqliteSchema.Prepare(session, connection.DataSource, Connect, createMode);
                (_isReady, _wasReady) = (true, true);
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Throws when a newer build upgraded the file since this process opened it.</summary>
    public void ThrowIfUpgraded(SqliteSession session)
    {
        if (session.Number(Sql.SchemaVersion) is { } version && version != SqliteMigrations.All.Length)
        {
            _isReady = false;
            throw SqliteErrors.NewerSchema(connection.DataSource, version);
        }
    }

    private SqliteSession Connect()
    {
        var session = new SqliteSession(new SqliteConnection(_connectionString));
        try
        {
            session.Open();
            session.ExecuteOnce($"pragma busy_timeout = {BusyMilliseconds}");

            // A commit is on disk before it is acknowledged, so it survives a power failure.
            session.ExecuteOnce("pragma synchronous = full");
            session.ExecuteOnce("pragma foreign_keys = on");
            session.ExecuteOnce($"pragma journal_size_limit = {SqliteLog.KeptBytes}");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
