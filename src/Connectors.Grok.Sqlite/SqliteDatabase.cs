using System.Collections.Concurrent;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>
/// The connections to the file: one for writes, and a pool for reads. SQLite allows one writer at a time and blocks a thread while it waits,
/// so writers of this process queue on a semaphore; SQLite's own wait applies only to writers of other processes.
/// </summary>
internal sealed class SqliteDatabase(SqliteConnectionStringBuilder connection, TimeSpan busyTimeout) : IDisposable
{
    private const int MaxIdleReaders = 8;

    private readonly string _connectionString = new SqliteConnectionStringBuilder(connection.ConnectionString)
    {
        // This class pools the connections, with their prepared statements.
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
            return TranslateErrors(() =>
            {
                _writer ??= Open();
                return _writer.Write(work);
            });
        }
        catch (ConversationStoreException)
        {
            // The state of the connection is unknown, so the next call opens a new one.
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
        var result = TranslateErrors(() =>
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

    /// <summary>Takes a read connection from the pool, or opens one; creates or migrates the database first if needed.</summary>
    public async ValueTask<SqliteSession> RentAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (!_isReady)
        {
            await WriteAsync(static _ => (true, false), cancellationToken).ConfigureAwait(false);
        }

        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
        return _readers.TryTake(out var idle) ? idle : TranslateErrors(Open);
    }

    public void Return(SqliteSession session)
    {
        if (_isDisposed || _readers.Count >= MaxIdleReaders)
        {
            session.Dispose();
        }
        else
        {
            _readers.Add(session);
        }
    }

    private T TranslateErrors<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(e, connection.DataSource);
        }
        catch (InvalidDataException e)
        {
            throw SqliteErrors.Unreadable(connection.DataSource, e);
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
        SqliteSchema.ThrowIfEmptied(connection.DataSource);
        var session = Connect();
        try
        {
            if (!_isReady)
            {
                SqliteSchema.Prepare(session, connection.DataSource, Connect);
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

    private SqliteSession Connect()
    {
        var session = new SqliteSession(new SqliteConnection(_connectionString));
        try
        {
            session.Open();
            session.ExecuteOnce($"pragma busy_timeout = {(long)busyTimeout.TotalMilliseconds}");

            // A commit is on disk before it is acknowledged, so it survives a power failure.
            session.ExecuteOnce("pragma synchronous = full");
            session.ExecuteOnce("pragma foreign_keys = on");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
