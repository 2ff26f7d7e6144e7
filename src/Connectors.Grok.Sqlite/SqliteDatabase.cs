using System.Collections.Concurrent;
using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>
/// The connections to the file: one for writes, and a pool for reads. SQLite allows one writer at a time, so writers of this process queue
/// on a semaphore; the first of them polls for the lock while another process holds it. No thread is blocked meanwhile.
/// </summary>
internal sealed class SqliteDatabase : IDisposable, IAsyncDisposable
{
    private const int MaxIdleReaders = 8;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SqliteOpener _opener;
    private readonly SqliteLog _log;
    private readonly string _file;
    private readonly LockWait _lock;
    private SqliteSession? _writer;
    private volatile bool _isDisposed;

    public SqliteDatabase(SqliteConnectionStringBuilder connection, TimeSpan busyTimeout, UnixFileMode? createMode)
    {
        _file = connection.DataSource;
        _opener = new(connection, createMode);
        _log = new(_opener.Path);
        _lock = new(busyTimeout);
    }

    /// <summary>Opens the file, and creates it or migrates its schema if needed. A file that was deleted while it was open is created again.</summary>
    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await WriteAsync(
            static _ => (true, Commit: false),
            cancellationToken,
            beforeOpening: () =>
            {
                if (_writer?.HasMoved(_opener.Path) != false)
                {
                    _writer?.Dispose();
                    _writer = null;
                    Forget();
                    _opener.AllowCreation();
                }
            }).ConfigureAwait(false);
    }

    /// <summary>Checks that a turn could be stored: takes the lock of the writer for a moment.</summary>
    public async ValueTask CheckAsync(CancellationToken cancellationToken) => await WriteAsync(
        session => session.IsReadOnly ? throw SqliteErrors.ReadOnlyFile(_file) : (true, Commit: false), cancellationToken).ConfigureAwait(false);

    public async ValueTask<T> WriteAsync<T>(Func<SqliteSession, (T Result, bool Commit)> work, CancellationToken cancellationToken, Action? beforeOpening = null)
    {
        var start = LockWait.Now;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
            beforeOpening?.Invoke();
            for (var pause = LockWait.FirstPause; !TranslateErrors(TryBegin); pause = LockWait.Next(pause))
            {
                _lock.ThrowIfTooLong(start, _file);
                await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
                ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
            }

            _lock.Found();
            return TranslateErrors(() => Finish(work));
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
        var start = LockWait.Now;
        cancellationToken.ThrowIfCancellationRequested();
        for (var pause = LockWait.FirstPause; ; pause = LockWait.Next(pause))
        {
            if (!_opener.IsReady)
            {
                await WriteAsync(static _ => (true, Commit: false), cancellationToken).ConfigureAwait(false);
            }

            ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteConversationStore));
            if (TranslateErrors(() => TryRead(work)) is (true, var result))
            {
                return result;
            }

            // Another process recovers, upgrades or locks the whole file. Readers wait for nothing else.
            LockWait.ThrowIfTooLong(start, start, _lock.Timeout, _file);
            await Task.Delay(pause, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        _gate.Wait();
        Close();
    }

    /// <summary>Closes the connections without blocking the caller: closing the last connection writes the log into the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _isDisposed = true;
        await _gate.WaitAsync().ConfigureAwait(false);
        await Task.Run(Close).ConfigureAwait(false);
    }

    private void Close()
    {
        try
        {
            _writer?.Dispose();
            _writer = null;
            CloseReaders();
        }
        finally
        {
            _gate.Release();
        }
    }

    private void CloseReaders()
    {
        while (_readers.TryTake(out var reader))
        {
            reader.Dispose();
        }
    }

    /// <summary>Begins a write transaction; opens the file first if needed.</summary>
    /// <returns>False while another process holds the lock.</returns>
    private bool TryBegin()
    {
        try
        {
            _writer ??= _opener.Open();
            if (!_writer.TryBegin())
            {
                return false;
            }
        }
        catch (SqliteException e) when (SqliteErrors.IsBusy(e))
        {
            _writer?.Dispose();
            _writer = null;
            return false;
        }

        return true;
    }

    private T Finish<T>(Func<SqliteSession, (T Result, bool Commit)> work)
    {
        var writer = _writer!;
        var result = writer.Write(session =>
        {
            ThrowIfMoved(session);
            _opener.ThrowIfUpgraded(session);
            return work(session);
        });

        // A commit into a file that was deleted meanwhile succeeds and is lost.
        ThrowIfMoved(writer);
        _log.ShrinkIfLarge(writer);
        return result;
    }

    private (bool IsDone, T Result) TryRead<T>(Func<SqliteSession, T> work)
    {
        SqliteSession? session = null;
        try
        {
            session = _readers.TryTake(out var idle) ? idle : _opener.Open();
            ThrowIfMoved(session);
            var result = work(session);
            (var done, session) = (session, null);
            Return(done);
            return (true, result);
        }
        catch (SqliteException e) when (SqliteErrors.IsBusy(e))
        {
            return (false, default!);
        }
        catch (SqliteException) when (session is not null)
        {
            _opener.ThrowIfUpgraded(session);
            throw;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private void Return(SqliteSession session)
    {
        if (_readers.Count >= MaxIdleReaders)
        {
            session.Dispose();
            return;
        }

        _readers.Add(session);
        if (_isDisposed)
        {
            CloseReaders();
        }
    }

    private void ThrowIfMoved(SqliteSession session)
    {
        if (session.HasMoved(_opener.Path))
        {
            Forget();
            throw SqliteErrors.MovedFile(_file);
        }
    }

    /// <summary>Drops what is known of a file that is no longer there; the next call opens the file that has its name.</summary>
    private void Forget()
    {
        _opener.IsReady = false;
        CloseReaders();
    }

    private T TranslateErrors<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (SqliteException e)
        {
            throw SqliteErrors.Explain(e, _file);
        }
        catch (InvalidDataException e)
        {
            throw SqliteErrors.Unreadable(_file, e);
        }
    }
}
