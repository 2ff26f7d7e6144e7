namespace Connectors.Grok.Sqlite;

/// <summary>Validates the file and creates or migrates its schema. When several processes open the file, one of them migrates it.</summary>
internal static class SqliteSchema
{
    /// <summary>The application id that marks the files of this library: "Grok" in ASCII.</summary>
    private const long ApplicationId = 0x47726F6B;

    /// <summary>Throws when the file is empty but its write-ahead log is not: SQLite would treat the file as new and discard the log.</summary>
    public static void ThrowIfEmptied(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: 0 } && new FileInfo(file + "-wal") is { Exists: true, Length: > 0 })
        {
            throw SqliteErrors.EmptiedFile(file);
        }
    }

    public static void Prepare(SqliteSession session, string file)
    {
        var isCurrent = IsCurrent(session, file);
        if (session.ExecuteOnce("pragma journal_mode") is not "wal" && session.ExecuteOnce("pragma journal_mode = wal") is not "wal" and var mode)
        {
            throw SqliteErrors.NoWriteAheadLog(file, mode as string ?? "");
        }

        if (isCurrent)
        {
            ThrowIfTruncated(session, file);
        }
        else
        {
            session.Write(s => (0, Commit: Migrate(s, file)));
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

    private static bool Migrate(SqliteSession session, string file)
    {
        // Another process may have migrated the file while this one waited for the lock.
        if (IsCurrent(session, file))
        {
            return false;
        }

        for (var version = session.Number("pragma user_version") ?? 0; version < Sql.Migrations.Length; version++)
        {
            session.ExecuteOnce(Sql.Migrations[version]);
        }

        session.ExecuteOnce($"pragma application_id = {ApplicationId}");
        session.ExecuteOnce($"pragma user_version = {Sql.Migrations.Length}");
        return true;
    }

    private static bool IsCurrent(SqliteSession session, string file)
    {
        // One query, because another process may be creating the schema at the same time, in one transaction.
        using var header = session.Read(Sql.FileHeader);
        header.Read();
        var (application, version, tables) = (header.GetInt64(0), header.GetInt64(1), header.GetInt64(2));
        if (application != ApplicationId && (application, version, tables) != (0, 0, 0))
        {
            throw SqliteErrors.ForeignDatabase(file);
        }

        return version == Sql.Migrations.Length || (version > Sql.Migrations.Length ? throw SqliteErrors.NewerSchema(file, version) : false);
    }
}
