namespace Connectors.Grok.Sqlite;

/// <summary>Validates the file and creates or migrates its schema. When several processes open the file, one of them migrates it.</summary>
internal static class SqliteSchema
{
    /// <summary>The application id that marks the files of this library: "Grok" in ASCII.</summary>
    private const long ApplicationId = 0x47726F6B;

    /// <summary>Throws when the file is empty or missing but its write-ahead log is not: SQLite would treat the file as new and discard the log.</summary>
    public static void ThrowIfEmptied(string file)
    {
        var main = new FileInfo(file);
        if (main is not { Exists: true, Length: > 0 } && new FileInfo(file + "-wal") is { Exists: true, Length: > 0 })
        {
            throw main.Exists ? SqliteErrors.EmptiedFile(file) : SqliteErrors.LostFile(file);
        }
    }

    /// <summary>Brings the file to the current version. A file that holds conversations of an older version is backed up first.</summary>
    /// <param name="session">The connection that upgrades; nothing else uses it yet.</param>
    /// <param name="file">The path of the file.</param>
    /// <param name="openAnother">Opens a second connection, which reads the file while the first one holds the lock of the writer.</param>
    /// <param name="createMode">The mode of the backup; null for the mode of the file.</param>
    public static void Prepare(SqliteSession session, string file, Func<SqliteSession> openAnother, UnixFileMode? createMode)
    {
        var version = Version(session, file);
        if (session.ExecuteOnce("pragma journal_mode") is not "wal" && session.ExecuteOnce("pragma journal_mode = wal") is not "wal" and var mode)
        {
            throw SqliteErrors.NoWriteAheadLog(file, mode as string ?? "");
        }

        if (version > 0)
        {
            ThrowIfTruncated(session, file);
        }

        if (version < SqliteMigrations.All.Length)
        {
            // Not possible within a transaction. Tables are replaced; the references are checked at the end.
            session.ExecuteOnce("pragma foreign_keys = off");
            if (!session.TryBegin())
            {
                throw SqliteErrors.BusyWhilePreparing();
            }

            session.Write(s => (0, Commit: Migrate(s, file, openAnother, createMode)));
            session.ExecuteOnce("pragma foreign_keys = on");
        }
    }

    /// <summary>
    /// Throws when the file is shorter than its header says; SQLite itself does not detect a partial last page. Reads the length from the file
    /// system instead of opening the file, because closing it would release the locks that SQLite holds in this process. A file with a
    /// write-ahead log passes, because the log may contain the missing pages.
    /// </summary>
    private static void ThrowIfTruncated(SqliteSession session, string file)
    {
        var expected = session.Number("pragma page_count") * session.Number("pragma page_size");
        if (new FileInfo(file) is { Exists: true } main && main.Length < expected && new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 })
        {
            throw SqliteErrors.TruncatedFile(file);
        }
    }

    private static bool Migrate(SqliteSession session, string file, Func<SqliteSession> openAnother, UnixFileMode? createMode)
    {
        // Another process may have migrated the file while this one waited for the lock.
        var version = Version(session, file);
        if (version == SqliteMigrations.All.Length)
        {
            return false;
        }

        var backup = version > 0 ? BackUp(openAnother, file, version, createMode) : null;
        try
        {
            for (; version < SqliteMigrations.All.Length; version++)
            {
                session.ExecuteOnce(SqliteMigrations.All[version]);
            }

            if (session.ExecuteOnce("pragma foreign_key_check") is not null)
            {
                throw SqliteErrors.Torn(file);
            }

            session.ExecuteOnce($"pragma application_id = {ApplicationId}");
            session.ExecuteOnce($"pragma user_version = {SqliteMigrations.All.Length}");
            return true;
        }
        catch when (backup is not null)
        {
            SqliteFile.Delete(backup);
            throw;
        }
    }

    private static string BackUp(Func<SqliteSession> openAnother, string file, long version, UnixFileMode? createMode)
    {
        using var reader = openAnother();
        return SqliteBackup.Create(reader, file, version, createMode);
    }

    /// <summary>The version of the file's schema; 0 for a new file.</summary>
    private static long Version(SqliteSession session, string file)
    {
        // One query, because another process may be creating the schema at the same time, in one transaction.
        using var header = session.Read(Sql.FileHeader);
        header.Read();
        var (application, version, tables) = (header.GetInt64(0), header.GetInt64(1), header.GetInt64(2));
        if (application != ApplicationId && (application, version, tables) != (0, 0, 0))
        {
            throw SqliteErrors.ForeignDatabase(file);
        }

        return version <= SqliteMigrations.All.Length ? version : throw SqliteErrors.NewerSchema(file, version);
    }
}
