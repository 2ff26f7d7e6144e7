using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Connectors.Grok.Sqlite;

/// <summary>The file as the file system has it: who may read it, and whether it is still the one that a connection has open.</summary>
internal static class SqliteFile
{
    private const string DataDirectory = "|DataDirectory|";

    /// <summary>The library of Microsoft.Data.Sqlite, unless the application set another one.</summary>
    private const string DefaultLibrary = "e_sqlite3";

    /// <summary>SQLITE_FCNTL_HAS_MOVED: whether the file was renamed, deleted or replaced since the connection opened it.</summary>
    private const int HasMovedOperation = 20;

    /// <summary>The full path that Microsoft.Data.Sqlite opens; null when the data source is a URI.</summary>
    public static string? PathOf(SqliteConnectionStringBuilder connection)
    {
        var source = connection.DataSource;
        if (source.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var directory = AppDomain.CurrentDomain.GetData("DataDirectory") as string ?? "";
        var isRelative = source.StartsWith(DataDirectory, StringComparison.OrdinalIgnoreCase);
        return Path.GetFullPath(Path.Combine(directory, isRelative ? source[DataDirectory.Length..].TrimStart('/', '\\') : source));
    }

    /// <summary>
    /// Creates an empty file with a mode, if there is none; SQLite gives the mode of the file to its write-ahead log. The file gets its name
    /// only when it is closed: closing a file that SQLite has open in this process would release SQLite's locks. Leaves errors to SQLite,
    /// which fails to open the file.
    /// </summary>
    public static void Create(string path, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path))
        {
            return;
        }

        var unnamed = $"{path}.{Guid.NewGuid():N}.new";
        try
        {
            new FileStream(unnamed, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode }).Dispose();
            File.SetUnixFileMode(unnamed, mode);
            File.Move(unnamed, path, overwrite: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process created the file, or nobody can.
            Delete(unnamed);
        }
    }

    /// <summary>Deletes a file if that is possible.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>
    /// Whether a connection's file was renamed, deleted or replaced: SQLite compares the file's inode. Windows does not allow any of it
    /// while the file is open. With another native library than the default one, only a missing file is detected.
    /// </summary>
    public static bool HasMoved(sqlite3 handle, string? path) =>
        !OperatingSystem.IsWindows() && (raw.GetNativeLibraryName() == DefaultLibrary
            ? sqlite3_file_control(handle, 0, HasMovedOperation, out var moved) == raw.SQLITE_OK && moved != 0
            : path is not null && !File.Exists(path));

    [DllImport(DefaultLibrary, ExactSpelling = true)]
    private static extern int sqlite3_file_control(sqlite3 database, nint name, int operation, out int result);
}
