using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registered conversations in a SQLite file.</summary>
public static class GrokSqliteConversationsBuilderExtensions
{
    /// <summary>Keeps the conversations in a <see cref="SqliteConversationStore"/>. Its clock is the application's <see cref="TimeProvider"/>, if it has one.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="fileOrConnectionString">The path of the file, or a connection string, which is told by its <c>Data Source=</c>.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The file or the connection string is empty or wrong.</exception>
    public static GrokConversationsBuilder UseSqlite(
        this GrokConversationsBuilder builder, string fileOrConnectionString, Action<SqliteConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(fileOrConnectionString);
        var connection = NamesSource(fileOrConnectionString) ? Parse(fileOrConnectionString) : new() { DataSource = fileOrConnectionString };
        if (connection is null)
        {
            throw new ArgumentException("This is no connection string of SQLite.", nameof(fileOrConnectionString));
        }

        return builder.UseStore(sp =>
        {
            var options = new SqliteConversationStoreOptions { TimeProvider = sp.GetService<TimeProvider>() ?? TimeProvider.System };
            configure?.Invoke(options);
            return new SqliteConversationStore(connection, options);
        });
    }

    private static bool NamesSource(string text) =>
        text.Contains("Data Source=", StringComparison.OrdinalIgnoreCase) || text.Contains("DataSource=", StringComparison.OrdinalIgnoreCase);

    // The parser's own message repeats parts of the text, which may hold a password.
    private static SqliteConnectionStringBuilder? Parse(string text)
    {
        try
        {
            return new SqliteConnectionStringBuilder(text);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
