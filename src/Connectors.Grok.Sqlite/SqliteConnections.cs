using Microsoft.Data.Sqlite;

namespace Connectors.Grok.Sqlite;

/// <summary>Creates and validates SQLite connection strings.</summary>
internal static class SqliteConnections
{
    private static readonly string[] SourceKeywords = ["Data Source=", "DataSource=", "Filename="];

    /// <summary>Creates the connection string of a file.</summary>
    /// <exception cref="ArgumentException">The path is blank or a connection string.</exception>
    public static SqliteConnectionStringBuilder FromFile(string file)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(file);
        if (Array.Exists(SourceKeywords, keyword => file.Contains(keyword, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException("A file path is required, but a connection string was passed. Use UseSqliteConnectionString or SqliteConversationStore.FromConnectionString.", nameof(file));
        }

        return new() { DataSource = file == ":memory:" ? file : Path.GetFullPath(file) };
    }

    /// <summary>Parses a connection string.</summary>
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
            // The parser's message repeats parts of the text, which may contain a password.
        }

        return string.IsNullOrWhiteSpace(connection?.DataSource)
            ? throw new ArgumentException("The text is not a SQLite connection string that names a file. Add \"Data Source=...\".", nameof(connectionString))
            : connection;
    }
}
