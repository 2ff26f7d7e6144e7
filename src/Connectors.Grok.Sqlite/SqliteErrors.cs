using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Translates SQLite error codes to messages that say what to do.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, ReadOnly = 8, Io = 10, Corrupt = 11, Full = 13, CannotOpen = 14, UniqueConstraint = 2067, NotADatabase = 26;

    public static bool IsDuplicate(SqliteException e) => e.SqliteExtendedErrorCode == UniqueConstraint;

    public static ConversationStoreException Explain(SqliteException e, string file) => new($"{Describe(e.SqliteErrorCode, file)} (SQLite error {e.SqliteExtendedErrorCode}.)", e)
    {
        IsTransient = e.SqliteErrorCode is Busy or Locked,
    };

    public static bool IsBusy(SqliteException e) => e.SqliteErrorCode is Busy or Locked;

    /// <summary>Another process is writing; the caller waits and begins again.</summary>
    public static SqliteException BusyWhilePreparing() => new("The file is locked.", Busy, Busy);

    public static ConversationStoreException ReadOnlyFile(string file) => new(Describe(ReadOnly, file));

    public static ConversationStoreException LockedFile(string file) => new(Describe(Busy, file)) { IsTransient = true };

    public static ConversationStoreException MovedFile(string file) => new(
        $"'{file}' was deleted, renamed or replaced while it was open. Nothing was stored in the file that has this name now. Repeat the call if that file is the right one; otherwise restore the file from a backup.")
    {
        IsTransient = true,
    };

    public static ConversationStoreException MissingFile(string file) => new(
        $"'{file}' was deleted or renamed while it was open, and no new file is created in its place. Restore it, or restart the application (or call InitializeAsync) to begin with an empty file.");

    public static ConversationStoreException NewerSchema(string file, long version) => new(
        $"The conversations in '{file}' were written by a newer version of this library (schema version {version}; this version supports {SqliteMigrations.All.Length}). Nothing was changed. Update the package Connectors.Grok.Sqlite.");

    public static ConversationStoreException NoBackup(string file, string backup, Exception cause) => new(
        $"'{file}' was written by an older version of this library and was not upgraded: its backup '{backup}' could not be written ({cause.Message}) Free disk space, or grant write access to the directory, and open the file again; it was not changed.", cause);

    public static ConversationStoreException Unreadable(string file, InvalidDataException cause) => new($"'{file}' holds a turn that cannot be read: {cause.Message} Restore the file from a backup.", cause);

    public static ConversationStoreException Torn(string file) => new(
        $"'{file}' was not upgraded: some of its rows reference rows that do not exist. Restore it from a backup; it was not changed.");

    public static ConversationStoreException ForeignDatabase(string file) => new(
        $"'{file}' is a SQLite database of another application. Nothing was changed. Use another file for the conversations.");

    public static ConversationStoreException EmptiedFile(string file) => new(
        $"'{file}' is empty, but its write-ahead log '{file}-wal' is not: the file was truncated. Restore both files from a backup, or delete both to start with an empty database.");

    public static ConversationStoreException LostFile(string file) => new(
        $"'{file}' does not exist, but its write-ahead log '{file}-wal' does and is not empty: it may hold conversations that are in no other file. Restore both files from a backup, or delete the log to start with an empty database.");

    public static ConversationStoreException TruncatedFile(string file) => new(Describe(Corrupt, file));

    public static ConversationStoreException NoWriteAheadLog(string file, string mode) => new(
        $"'{file}' does not support a write-ahead log (its journal mode stays '{mode}'). Move the file to a local disk; network file systems do not support write-ahead logs.");

    private static string Describe(int code, string file) => code switch
    {
        Busy or Locked => $"'{file}' was locked by another process for longer than the busy timeout. Nothing was changed. Try again, or raise BusyTimeout.",
        ReadOnly => $"'{file}' cannot be written: the file, its directory or the connection is read-only. Nothing was changed. Grant write access to the file and to its directory, which holds the write-ahead log.",
        Full => $"The disk of '{file}' is full. Nothing was changed. Free disk space and try again.",
        Io => $"The disk of '{file}' failed to read or write. The operation was not acknowledged. Check the disk.",
        CannotOpen => $"'{file}' cannot be opened. Check that its directory exists, that it is a file, and that this process may read and write it.",
        Corrupt => $"'{file}' is damaged or truncated. Nothing was changed. Restore it from a backup, or recover the remaining data with SQLite's '.recover' command.",
        NotADatabase => $"'{file}' is not a SQLite database, or it is encrypted. Nothing was changed. Check the path, or restore the file from a backup.",
        _ => $"SQLite failed on '{file}'. Nothing was changed.",
    };
}
