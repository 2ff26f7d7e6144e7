using Connectors.Grok;
using Connectors.Grok.Conversations;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds health checks of registered clients and conversations.</summary>
public static class GrokHealthChecksBuilderExtensions
{
    /// <summary>Adds a health check of a registered <see cref="GrokChatClient"/>: of its settings and, with <see cref="GrokHealthCheckOptions.Ping"/>, of the service.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="serviceKey">The key of the client; null for the client without a key.</param>
    /// <param name="configure">Sets the options; null to check the settings only.</param>
    /// <param name="failureStatus">The status of a failed check; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags by which checks are filtered; null for none.</param>
    /// <returns>The application's health checks.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or an option is out of range.</exception>
    public static IHealthChecksBuilder AddGrok(
        this IHealthChecksBuilder builder,
        string name = "grok",
        object? serviceKey = null,
        Action<GrokHealthCheckOptions>? configure = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var options = new GrokHealthCheckOptions();
        configure?.Invoke(options);
        if (options.CacheDuration < TimeSpan.Zero)
        {
            throw new ArgumentException($"{nameof(GrokHealthCheckOptions)}.{nameof(options.CacheDuration)} must not be less than zero.", nameof(configure));
        }

        if (options.PingTimeout <= TimeSpan.Zero || options.PingTimeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{nameof(GrokHealthCheckOptions)}.{nameof(options.PingTimeout)} must be longer than zero and at most an hour.", nameof(configure));
        }

        // The factory below runs for every check; the cached ping result must live longer.
        var own = new object();
        builder.Services.AddKeyedSingleton(own, (sp, _) => new GrokHealthCheck(sp, serviceKey, options));
        return builder.Add(new(name, sp => sp.GetRequiredKeyedService<GrokHealthCheck>(own), failureStatus, tags));
    }

    /// <summary>Adds a health check of the <see cref="ConversationStore"/> of registered conversations: whether it could save a turn now (<see cref="ConversationStore.CheckAsync"/>).</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="serviceKey">The key of the conversations; null for those without a key.</param>
    /// <param name="timeout">How long the store may take to answer; null for 10 seconds. At most an hour.</param>
    /// <param name="failureStatus">The status of a failed check; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags by which checks are filtered; null for none.</param>
    /// <returns>The application's health checks.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="builder"/> is null.</exception>
    /// <exception cref="ArgumentException">The name is empty, or the timeout is out of range.</exception>
    public static IHealthChecksBuilder AddGrokConversations(
        this IHealthChecksBuilder builder,
        string name = "grok-conversations",
        object? serviceKey = null,
        TimeSpan? timeout = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromHours(1))
        {
            throw new ArgumentException("The timeout must be longer than zero and at most an hour.", nameof(timeout));
        }

        return builder.Add(new(name, sp => new ConversationsHealthCheck(sp, serviceKey, timeout ?? TimeSpan.FromSeconds(10)), failureStatus, tags));
    }
}
