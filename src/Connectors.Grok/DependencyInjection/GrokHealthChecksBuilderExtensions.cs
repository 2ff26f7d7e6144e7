using Connectors.Grok;
using Connectors.Grok.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Health checks of registered clients.</summary>
public static class GrokHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of a registered <see cref="GrokChatClient"/>: of its settings, and if wanted of the service, which is then asked for its models now and then.</summary>
    /// <param name="builder">The application's health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="serviceKey">The key of the client; null for the one without.</param>
    /// <param name="configure">Changes what is looked at; null for the settings alone.</param>
    /// <param name="failureStatus">What is reported when the check fails; null for <see cref="HealthStatus.Unhealthy"/>.</param>
    /// <param name="tags">Tags to choose checks by; null for none.</param>
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

        // The factory below runs with every check; the outcome of the last ping has to outlive that.
        var own = new object();
        builder.Services.AddKeyedSingleton(own, (sp, _) => new GrokHealthCheck(sp, serviceKey, options));
        return builder.Add(new(name, sp => sp.GetRequiredKeyedService<GrokHealthCheck>(own), failureStatus, tags));
    }
}
