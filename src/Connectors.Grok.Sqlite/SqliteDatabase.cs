using System.Collections.Concurrent;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>
/// The file: one connection that writes, a few that read. SQLite allows one writer at a time, and its waiting blocks a thread; so the
/// writers of this process queue up here without one, and only those of other processes are waited for inside SQLite.
/// </summary>
internal sealed class SqliteDatabase(SqliteConnectionStringBuilder connection, TimeSpan busyTimeout) : IDisposable
{
    private const int MostIdleReaders = 8;

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connection.ConnectionString)
    {
        // We keep the connections, with what they have prepared.
        Pooling = false,
        DefaultTimeout = (int)Math.Ceiling(busyTimeout.TotalSeconds),
    }.ConnectionString;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private SqliteSession? _writer;
    private volatile bool _isReady;
    private volatile bool _isDisposed;

    public async ValueTask<T> WriteAsync<T>(Func<SqliteSession, (T Result, bool Commit)> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
            return Explained(() =>
            {
                _writer ??= Open();
                return _writer.Write(work);
            });
        }
        catch (ConversationStoreException)
        {
            // Whatever state the connection is in: the next call begins with a new one.
            _writer?.Dispose();
            _writer = null;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> work, CancellationToken cancellationToken)
    {
        var session = await RentAsync(cancellationToken).ConfigureAwait(false);
        var result = Explained(() =>
        {
            try
            {
                return work(session);
            }
            catch
            {
                session.Dispose();
                throw;
            }
        });
        Return(session);
        return result;
    }

    /// <summary>A connection to read with, of an existing or now created database.</summary>
    public async ValueTask<SqliteSession> RentAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isReady)
        {
            await WriteAsync(static _ => (true, false), cancellationToken).ConfigureAwait(false);
        }

        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
        return _readers.TryTake(out var idle) ? idle : Explained(Open);
    }

    public void Return(SqliteSession session)
    {
        if (_isDisposed || _readers.Count >= MostIdleReaders)
        {
            session.Dispose();
        }
        else
        {
            _readers.Add(session);
        }
    }

    private T Explained<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(e, connection.DataSource);
        }
    }

    public void Dispose()
    {
        _gate.Wait();
        _isDisposed = true;
        _writer?.Dispose();
        _writer = null;
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        _gate.Release();
    }

    private SqliteSession Open()
    {
        SqliteSchema.RefuseEmptied(connection.DataSource);
        var session = new SqliteSession(new SqliteConnection(_connectionString));
        try
        {
            session.Open();
            session.Once($"pragma busy_timeout = {(long)busyTimeout.TotalMilliseconds}");

            // A commit is on the disk before it is acknowledged, also if the power fails.
            session.Once("pragma synchronous = full");
            session.Once("pragma foreign_keys = on");
            if (!_isReady)
            {
                SqliteSchema.Prepare(session, connection.DataSource);
                _isReady = true;
            }

            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
