using Connectors.Grok.Redis;
using StackExchange.Redis;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers Redis Cluster as the store of an application's conversations.</summary>
public static class GrokRedisConversationsBuilderExtensions
{
    /// <summary>Stores the conversations in a <see cref="RedisConversationStore"/> with its own connection. The store uses the registered <see cref="TimeProvider"/>, or the system clock.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="configuration">The servers and settings, as StackExchange.Redis reads them, such as <c>node1:6379,node2:6379</c>.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="configuration"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="configuration"/> is blank or not valid. The message does not repeat it, because it may contain a password.</exception>
    public static GrokConversationsBuilder UseRedis(
        this GrokConversationsBuilder builder, string configuration, Action<RedisConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        _ = RedisConnection.Parse(configuration);
        return builder.UseStore(sp => new RedisConversationStore(configuration, ToOptions(sp, configure)));
    }

    /// <summary>Stores the conversations in a <see cref="RedisConversationStore"/> over the registered <see cref="IConnectionMultiplexer"/>.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    public static GrokConversationsBuilder UseRedis(this GrokConversationsBuilder builder, Action<RedisConversationStoreOptions>? configure = null) =>
        UseRedis(builder, static sp => sp.GetRequiredService<IConnectionMultiplexer>(), configure);

    /// <summary>Stores the conversations in a <see cref="RedisConversationStore"/> over a connection. The store does not dispose the connection.</summary>
    /// <param name="builder">The registered conversations.</param>
    /// <param name="connection">Returns the connection, such as a keyed service. Called once, when the application resolves the store.</param>
    /// <param name="configure">Configures the store; null for the defaults.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> or <paramref name="connection"/> is null.</exception>
    public static GrokConversationsBuilder UseRedis(
        this GrokConversationsBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> connection, Action<RedisConversationStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(connection);
        return builder.UseStore(sp => new RedisConversationStore(connection(sp), ToOptions(sp, configure)));
    }

    private static RedisConversationStoreOptions ToOptions(IServiceProvider services, Action<RedisConversationStoreOptions>? configure)
    {
        var options = new RedisConversationStoreOptions { TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System };
        configure?.Invoke(options);
        return options;
    }
}
