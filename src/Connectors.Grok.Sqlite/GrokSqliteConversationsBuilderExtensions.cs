using Connectors.Grok.Sqlite;
using Microsoft.Data.Sqlite;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers a SQLite file as the store of an application's conversations.</summary>
public static class GrokSqliteConversationsBuilderExtensions
{
    /// <summary>Stores the conversations in a file, with a <see cref="SqliteConversationStore"/> that uses the registered <see cref="TimeProvider"/>, or the system clock.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="file">The path of the file; its directory must exist.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="file"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="file"/> is blank or a connection string.</exception>
    public static GrokConversationsBuilder UseSqlite(this GrokConversationsBuilder builder, string file, Action<SqliteConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return Use(builder, SqliteConnections.FromFile(file), configure);
    }

    /// <summary>Stores the conversations in the file of a connection string, with a <see cref="SqliteConversationStore"/> that uses the registered <see cref="TimeProvider"/>, or the system clock.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="connectionString">The connection string, as Microsoft.Data.Sqlite reads it. The store ignores its pooling and timeout and uses its own.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="connectionString"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is not valid or names no file. The message does not repeat it, because it may contain a password.</exception>
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
