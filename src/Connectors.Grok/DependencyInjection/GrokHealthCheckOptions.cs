namespace Connectors.Grok;

/// <summary>Options of a Grok health check.</summary>
public sealed class GrokHealthCheckOptions
{
    /// <summary>Whether the check requests the list of models, which proves that the service is reachable and accepts the credential. The request is not billed.</summary>
    /// <value>Default false: only the settings are checked, and nothing is sent.</value>
    public bool Ping { get; set; }

    /// <summary>The route that the ping requests, relative to the endpoint, instead of the list of models.</summary>
    /// <value>Null, the default: the list of models; at hosts without that route, such as Google Cloud, only the settings are checked.</value>
    public string? PingRoute { get; set; }

    /// <summary>How long a ping result is cached, success or failure.</summary>
    /// <value>Default one minute. Zero pings on every check.</value>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The timeout of a ping, retries and retry delays included.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
