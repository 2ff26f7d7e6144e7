namespace Connectors.Grok.Sqlite;

/// <summary>
/// The size of the write-ahead log. SQLite copies it into the file from time to time, but starts it over only when no reader uses it; with
/// readers at all times it would grow without end.
/// </summary>
internal sealed class SqliteLog(string? path)
{
    /// <summary>The size to which SQLite shrinks the log when it starts it over.</summary>
    public const int KeptBytes = 4 << 20;

    private const int LargeBytes = 16 << 20, WritesBetweenChecks = 32, ReaderMilliseconds = 500;

    private readonly string? _log = path is null ? null : path + "-wal";
    private long _large = LargeBytes;
    private int _writes;

    /// <summary>
    /// Starts a large log over, after the readers of this moment; those that begin meanwhile read the file. Called by the writer between
    /// two transactions. When readers of other processes keep the log for long, it is tried again after some more growth.
    /// </summary>
    public void ShrinkIfLarge(SqliteSession writer)
    {
        if (_log is null || ++_writes % WritesBetweenChecks != 0 || new FileInfo(_log) is not { Exists: true } log || log.Length < _large)
        {
            return;
        }

        writer.ExecuteOnce($"pragma busy_timeout = {ReaderMilliseconds}");
        var isBusy = writer.ExecuteOnce("pragma wal_checkpoint(truncate)") is not 0L;
        writer.ExecuteOnce($"pragma busy_timeout = {SqliteOpener.BusyMilliseconds}");
        _large = isBusy ? log.Length + LargeBytes : LargeBytes;
    }
}
