using Connectors.Grok.Postgres;
using Npgsql;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers PostgreSQL as the store of an application's conversations.</summary>
public static class GrokPostgresConversationsBuilderExtensions
{
    /// <summary>Stores the conversations in a <see cref="PostgresConversationStore"/> with its own data source. The store uses the registered <see cref="TimeProvider"/>, or the system clock.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="connectionString">The connection string, as Npgsql reads it.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="connectionString"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="connectionString"/> is blank or not valid. The message does not repeat it, because it may contain a password.</exception>
    public static GrokConversationsBuilder UsePostgres(
        this GrokConversationsBuilder builder, string connectionString, Action<PostgresConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        if (!IsConnectionString(connectionString))
        {
            throw new ArgumentException("The text is not a PostgreSQL connection string.", nameof(connectionString));
        }

        return builder.UseStore(sp => new PostgresConversationStore(connectionString, ToOptions(sp, configure)));
    }

    /// <summary>Stores the conversations in a <see cref="PostgresConversationStore"/> over the registered <see cref="NpgsqlDataSource"/>.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokConversationsBuilder UsePostgres(this GrokConversationsBuilder builder, Action<PostgresConversationStoreOptions>? configure = null) =>
        UsePostgres(builder, static sp => sp.GetRequiredService<NpgsqlDataSource>(), configure);

    /// <summary>Stores the conversations in a <see cref="PostgresConversationStore"/> over a data source. The store does not dispose the data source.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="dataSource">Returns the data source, such as a keyed service. Called once, when the application resolves the store.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="dataSource"/> is null.</exception>
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

    // Npgsql's message repeats parts of the text, which may contain a password.
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
