using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Connectors.Grok.Sqlite;

/// <summary>An open connection with its prepared statements. Used by one call at a time.</summary>
internal sealed class SqliteSession(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _prepared = [];

    public void Open() => connection.Open();

    /// <summary>Whether the file was renamed, deleted or replaced since it was opened.</summary>
    public bool HasMoved(string? path) => SqliteFile.HasMoved(connection.Handle!, path);

    /// <summary>Whether the file was opened without the right to write.</summary>
    public bool IsReadOnly => raw.sqlite3_db_readonly(connection.Handle, "main") == 1;

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Prepare(sql, parameters).ExecuteNonQuery();

    public long? Number(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Prepare(sql, parameters).ExecuteScalar() as long?;

    public SqliteDataReader Read(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Prepare(sql, parameters).ExecuteReader();

    /// <summary>Begins a write transaction. No other write transaction runs at the same time. Does not wait.</summary>
    /// <returns>False while another process writes.</returns>
    public bool TryBegin()
    {
        // Not a command: those wait for the lock themselves, on a blocked thread and for a second at least.
        var result = raw.sqlite3_exec(connection.Handle, "begin immediate");
        if (result is raw.SQLITE_BUSY)
        {
            return false;
        }

        SqliteException.ThrowExceptionForRC(result, connection.Handle);
        return true;
    }

    /// <summary>Runs the rest of a write transaction, and commits it if the function says so.</summary>
    public T Write<T>(Func<SqliteSession, (T Result, bool Commit)> work)
    {
        var committed = false;
        try
        {
            var (result, commit) = work(this);
            if (commit)
            {
                Execute(Sql.Commit);
                committed = true;
            }

            return result;
        }
        finally
        {
            // After some errors SQLite has already rolled back; then no transaction is open.
            if (!committed && connection.Handle is { } handle && raw.sqlite3_get_autocommit(handle) == 0)
            {
                raw.sqlite3_exec(handle, "rollback");
            }
        }
    }

    /// <summary>Executes a statement without parameters and without preparing it, such as the schema or a pragma.</summary>
    public object? ExecuteOnce(string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }

    public void Dispose()
    {
        foreach (var command in _prepared.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        command.Parameters.Clear();
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }
}
