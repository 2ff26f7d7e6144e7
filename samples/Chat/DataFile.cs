using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Chat;

/// <summary>The default file of the conversations, in the user's data folder.</summary>
internal static class DataFile
{
    private const string Name = "conversations.db";

    /// <summary>
    /// The default file: <c>grok-chat/conversations.db</c> in <c>$XDG_DATA_HOME</c> or <c>~/.local/share</c> on Linux, in
    /// <c>~/Library/Application Support</c> on macOS, and in <c>%LOCALAPPDATA%</c> on Windows.
    /// </summary>
    /// <exception cref="UserException">The user has no data folder.</exception>
    public static string DefaultPath()
    {
        var folder = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return folder.Length > 0
            ? Path.Combine(folder, "grok-chat", Name)
            : throw new UserException("This user has no data folder, because HOME is not set. Choose a file with --database.");
    }

    /// <summary>The default file of earlier builds, beside the program.</summary>
    public static string EarlierPath() => Path.Combine(AppContext.BaseDirectory, Name);

    /// <summary>Creates the folder of the default file, and copies the file of an earlier build there if the default file does not exist.</summary>
    /// <param name="path">The default file.</param>
    /// <param name="earlier">The file of an earlier build. It is not changed.</param>
    /// <returns>True when the file was copied.</returns>
    /// <exception cref="UserException">The folder cannot be created, or the file cannot be copied. No incomplete copy is left.</exception>
    public static bool Prepare(string path, string earlier)
    {
        try
        {
            CreateFolder(Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"The folder of the conversations cannot be created: {e.Message} Choose a file with --database.");
        }

        if (File.Exists(path) || !File.Exists(earlier))
        {
            return false;
        }

        // Another program can copy at the same time, so each writes its own file.
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            Copy(earlier, partial);
            File.Move(partial, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            // The other program was faster.
            File.Delete(partial);
            return false;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            File.Delete(partial);
            throw new UserException($"The conversations of an earlier build in {earlier} cannot be copied to {path}: {e.Message.TrimEnd('.')}. Repair or move that file, or open it with --database.");
        }
    }

    /// <summary>Opens a store.</summary>
    /// <exception cref="UserException">The path is not valid.</exception>
    public static SqliteConversationStore Open(string path)
    {
        try
        {
            return new SqliteConversationStore(path);
        }
        catch (Exception e) when (e is ArgumentException or PathTooLongException or NotSupportedException)
        {
            throw new UserException($"--database {path} is not a valid file path: {e.Message}");
        }
    }

    private static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // Conversations are private.
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Copies a database including the changes in its write-ahead log, also while another program has it open.</summary>
    private static void Copy(string source, string target)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // SQLite writes into a file that exists and is empty, and keeps its permissions.
        new FileStream(target, options).Dispose();
        var connectionString = new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadWrite, Pooling = false };
        using (var connection = new SqliteConnection(connectionString.ConnectionString))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "vacuum into $target";
            command.Parameters.AddWithValue("$target", target);
            command.ExecuteNonQuery();
        }

        using var written = new FileStream(target, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        written.Flush(flushToDisk: true);
    }
}
