using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Connection strings, made of the path of a file or read from a text.</summary>
internal static class SqliteConnections
{
    private static readonly string[] SourceKeywords = ["Data Source=", "DataSource=", "Filename="];

    /// <exception cref="ArgumentException">The path is blank, or is a connection string.</exception>
    public static SqliteConnectionStringBuilder FromFile(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        if (Array.Exists(SourceKeywords, word => file.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException("This is a connection string, not the path of a file. Use UseSqliteConnectionString or SqliteConversationStore.FromConnectionString.", nameof(file));
        }

        return new() { DataSource = file == ":memory:" ? file : Path.GetFullPath(file) };
    }

    /// <exception cref="ArgumentException">The text is not a connection string, or names no file.</exception>
    public static SqliteConnectionStringBuilder Parse(string connectionString)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        SqliteConnectionStringBuilder? connection = null;
        try
        {
            connection = new(connectionString);
        }
        catch (ArgumentException)
        {
            // The parser's own message repeats parts of the text, which may hold a password.
        }

        return string.IsNullOrWhiteSpace(connection?.DataSource)
            ? throw new ArgumentException("This is not a connection string of SQLite that names a file: it needs \"Data Source=...\".", nameof(connectionString))
            : connection;
    }
}
