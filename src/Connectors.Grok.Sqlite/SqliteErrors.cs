using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>What SQLite's codes mean to the person who has to do something about it.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CannotOpen = 14, UniqueConstraint = 2067, NotADatabase = 26;

    public static bool IsDuplicate(SqliteException e) => e.SqliteExtendedErrorCode == UniqueConstraint;

    public static ConversationStoreException Explain(SqliteException e, string file) => new($"{Words(e.SqliteErrorCode, file)} (SQLite's error {e.SqliteExtendedErrorCode}.)", e)
    {
        IsTransient = e.SqliteErrorCode is Busy or Locked,
    };

    public static ConversationStoreException Newer(string file, long version) => new(
        $"The conversations in '{file}' were written by a newer version of this library (schema {version}, this one knows {Sql.Migrations.Length}). Update the package Connectors.Grok.Sqlite; nothing was changed.");

    public static ConversationStoreException Foreign(string file) => new(
        $"'{file}' is a SQLite database of something else: it holds no conversations and was not made by this library. Give conversations a file of their own; nothing was changed.");

    public static ConversationStoreException Emptied(string file) => new(
        $"'{file}' is empty, but '{file}-wal' beside it is not: the file was truncated. Restore both from a backup, or remove both to begin anew.");

    public static ConversationStoreException Truncated(string file) => new(Words(Corrupt, file));

    public static ConversationStoreException NoWal(string file, string mode) => new(
        $"'{file}' cannot be used with a write-ahead log (its journal mode stays '{mode}'). Put it on a local disk: network file systems do not support it.");

    private static string Words(int code, string file) => code switch
    {
        Busy or Locked => $"'{file}' was locked by another process for longer than the busy timeout. Nothing was changed; try again, or raise BusyTimeout.",
        ReadOnly => $"'{file}' cannot be written: the file, its directory or the connection is read-only. Nothing was changed; grant write access to the directory too, for the write-ahead log beside the file.",
        Full => $"The disk of '{file}' is full. Nothing was changed; make room and try again.",
        Io => $"The disk of '{file}' failed to read or write. Nothing was acknowledged; check the disk.",
        CannotOpen => $"'{file}' cannot be opened. Check that its directory exists, that it is a file, and that this process may read and write it.",
        Corrupt => $"'{file}' is damaged or truncated. Restore it from a backup, or recover what is left with SQLite's '.recover' command; nothing was changed.",
        NotADatabase => $"'{file}' is not a SQLite database, or an encrypted one. Check the path, or restore the file from a backup; nothing was changed.",
        _ => $"SQLite failed on '{file}'. Nothing was changed.",
    };
}
