using Connectors.Grok.Conversations;
using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Copies a file before it is upgraded.</summary>
internal static class SqliteBackup
{
    /// <summary>Copies the database to a new file beside it, named after its schema version. An existing file is never overwritten.</summary>
    /// <param name="session">A connection that is in no transaction.</param>
    /// <param name="file">The file as the connection string names it.</param>
    /// <param name="version">The version of its schema.</param>
    /// <param name="mode">The mode of the copy; null for the mode of the file.</param>
    /// <returns>The path of the copy.</returns>
    /// <exception cref="ConversationStoreException">The copy could not be written; none was left.</exception>
    public static string Create(SqliteSession session, string file, long version, UnixFileMode? mode)
    {
        var path = session.ExecuteOnce("select file from pragma_database_list where name = 'main'") as string ?? file;
        var backup = $"{path}.v{version}.bak";
        for (var i = 2; File.Exists(backup); i++)
        {
            backup = $"{path}.v{version}-{i}.bak";
        }

        // Whole under its final name, or not there: a crash leaves a name that nobody takes for a backup.
        var partial = backup + ".partial";
        try
        {
            File.Delete(partial);
            CreateEmpty(partial, path, mode);
            session.Execute("vacuum into @backup", ("@backup", partial));
            using (var written = new FileStream(partial, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                written.Flush(flushToDisk: true);
            }

            File.Move(partial, backup, overwrite: false);
            return backup;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            SqliteFile.Delete(partial);
            throw SqliteErrors.NoBackup(file, backup, e);
        }
    }

    // Nobody who may not read the database may read its copy. SQLite writes into a file that exists and is empty.
    private static void CreateEmpty(string path, string original, UnixFileMode? mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            var originalMode = File.GetUnixFileMode(original);
            options.UnixCreateMode = (mode & originalMode) ?? originalMode;
        }

        new FileStream(path, options).Dispose();
    }
}
