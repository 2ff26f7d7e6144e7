using Connectors.Grok.Postgres;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registered conversations in PostgreSQL.</summary>
public static class GrokPostgresConversationsBuilderExtensions
{
    /// <summary>Keeps the conversations in a <see cref="PostgresConversationStore"/> with connections of its own. Its clock is the application's <see cref="TimeProvider"/>, if it has one.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="connectionString">The connection string, as Npgsql reads it.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the connection string is null.</exception>
    /// <exception cref="ArgumentException">The connection string is blank or not valid; the message does not repeat it, since it may hold a password.</exception>
    public static GrokConversationsBuilder UsePostgres(
        this GrokConversationsBuilder builder, string connectionString, Action<PostgresConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        if (!IsConnectionString(connectionString))
        {
            throw new ArgumentException("This is no connection string of PostgreSQL.", nameof(connectionString));
        }

        return builder.UseStore(sp => new PostgresConversationStore(connectionString, ToOptions(sp, configure)));
    }

    /// <summary>Keeps the conversations in a <see cref="PostgresConversationStore"/> over the <see cref="NpgsqlDataSource"/> that the application registered.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder is null.</exception>
    public static GrokConversationsBuilder UsePostgres(this GrokConversationsBuilder builder, Action<PostgresConversationStoreOptions>? configure = null) =>
        UsePostgres(builder, static sp => sp.GetRequiredService<NpgsqlDataSource>(), configure);

    /// <summary>Keeps the conversations in a <see cref="PostgresConversationStore"/> over a data source, which stays the application's own to dispose.</summary>
    /// <param name="builder">The conversations.</param>
    /// <param name="dataSource">Finds the data source: a keyed one, say.</param>
    /// <param name="configure">Changes the store's options; null for the defaults.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentNullException">The builder or the function is null.</exception>
    public static GrokConversationsBuilder UsePostgres(
        this GrokConversationsBuilder builder, Func<IServiceProvider, NpgsqlDataSource> dataSource, Action<PostgresConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(dataSource);
        return builder.UseStore(sp => new PostgresConversationStore(dataSource(sp), ToOptions(sp, configure)));
    }

    private static PostgresConversationStoreOptions ToOptions(IServiceProvider services, Action<PostgresConversationStoreOptions>? configure)
    {
        var options = new PostgresConversationStoreOptions { TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System };
        configure?.Invoke(options);
        return options;
    }

    // Npgsql's own message repeats parts of the text, which may hold a password.
    private static bool IsConnectionString(string text)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(text);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
