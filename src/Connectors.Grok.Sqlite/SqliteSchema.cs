namespace Connectors.Grok.Sqlite;

/// <summary>Checks what kind of file it is, creates the schema or brings it up to date, once however many processes open the file.</summary>
internal static class SqliteSchema
{
    /// <summary>Marks files of ours: "Grok" in ASCII.</summary>
    private const long ApplicationId = 0x47726F6B;

    /// <summary>SQLite takes an empty file for a new one, and throws the log beside it away as soon as it looks.</summary>
    public static void RefuseEmptied(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: 0 } && new FileInfo(file + "-wal") is { Exists: true, Length: > 0 })
        {
            throw SqliteErrors.Emptied(file);
        }
    }

    public static void Prepare(SqliteSession session, string file)
    {
        var isCurrent = IsCurrent(session, file);
        if (session.Once("pragma journal_mode") is not "wal" && session.Once("pragma journal_mode = wal") is not "wal" and var mode)
        {
            throw SqliteErrors.NoWal(file, mode as string ?? "");
        }

        if (isCurrent)
        {
            RefuseTruncated(session, file);
        }
        else
        {
            session.Write(s => (0, Commit: Migrate(s, file)));
        }
    }

    /// <summary>
    /// SQLite counts a torn last page as a whole one. Asked of the file system, never by opening the file: closing it again would take
    /// away the locks that SQLite holds in this process. With a log, what is missing may be there.
    /// </summary>
    private static void RefuseTruncated(SqliteSession session, string file)
    {
        var whole = session.Number("pragma page_count") * session.Number("pragma page_size");
        if (new FileInfo(file) is { Exists: true } main && main.Length < whole && new FileInfo(file + "-wal") is not { Exists: true, Length: > 0 })
        {
            throw SqliteErrors.Truncated(file);
        }
    }

    private static bool Migrate(SqliteSession session, string file)
    {
        // Another process may have been here while this one waited for the lock.
        if (IsCurrent(session, file))
        {
            return false;
        }

        for (var version = session.Number("pragma user_version") ?? 0; version < Sql.Migrations.Length; version++)
        {
            session.Once(Sql.Migrations[version]);
        }

        session.Once($"pragma application_id = {ApplicationId}");
        session.Once($"pragma user_version = {Sql.Migrations.Length}");
        return true;
    }

    private static bool IsCurrent(SqliteSession session, string file)
    {
        // One question: another process may be making the file ours, and does so all at once.
        using var facts = session.Read(Sql.Facts);
        facts.Read();
        var (application, version, tables) = (facts.GetInt64(0), facts.GetInt64(1), facts.GetInt64(2));
        if (application != ApplicationId && (application, version, tables) != (0, 0, 0))
        {
            throw SqliteErrors.Foreign(file);
        }

        return version == Sql.Migrations.Length || (version > Sql.Migrations.Length ? throw SqliteErrors.Newer(file, version) : false);
    }
}
