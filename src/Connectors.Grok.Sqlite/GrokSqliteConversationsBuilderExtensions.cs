using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registered conversations in a SQLite file.</summary>
public static class GrokSqliteConversationsBuilderExtensions
{
    /// <summary>Keeps the conversations in a file, with a <see cref="SqliteConversationStore"/>. Its clock is the application's <see cref="TimeProvider"/>, if it has one.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="file">The path of the file; its directory must exist.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the path is null.</exception>
    /// <exception cref="ArgumentException">The path is blank, or is a connection string.</exception>
    public static GrokConversationsBuilder UseSqlite(this GrokConversationsBuilder builder, string file, Action<SqliteConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, SqliteConnections.FromFile(file), configure);
    }

    /// <summary>Keeps the conversations in the file of a connection string, with a <see cref="SqliteConversationStore"/>. Its clock is the application's <see cref="TimeProvider"/>, if it has one.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="connectionString">The connection string, as Microsoft.Data.Sqlite reads it. Its pooling and time-out are not used: the store has its own.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is null.</exception>
    /// <exception cref="ArgumentException">The connection string is not valid; the message does not repeat it, since it may hold a password.</exception>
    public static GrokConversationsBuilder UseSqliteConnectionString(
        this GrokConversationsBuilder builder, string connectionString, Action<SqliteConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, SqliteConnections.Parse(connectionString), configure);
    }

    private static GrokConversationsBuilder Use(GrokConversationsBuilder builder, SqliteConnectionStringBuilder connection, Action<SqliteConversationStoreOptions>? configure) =>
        builder.UseStore(sp =>
        {
            var options = new SqliteConversationStoreOptions { TimeProvider = sp.GetService<TimeProvider>() ?? TimeProvider.System };
            configure?.Invoke(options);
            return new SqliteConversationStore(connection, options);
        });
}
