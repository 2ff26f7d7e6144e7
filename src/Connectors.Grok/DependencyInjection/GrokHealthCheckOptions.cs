namespace Connectors.Grok;

/// <summary>What a health check of Grok looks at.</summary>
public sealed class GrokHealthCheckOptions
{
    /// <summary>Whether the service is asked for its list of models, which shows that it can be reached and takes the key. Never billed.</summary>
    /// <value>Default false: only the settings are checked, and nothing is sent.</value>
    public bool Ping { get; set; }

    /// <summary>How long the outcome of a ping counts, good or bad: however often the check runs, the service is asked no oftener.</summary>
    /// <value>Default one minute. Zero asks every time.</value>
    public TimeSpan CacheDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The longest a ping may take, attempts and waits included.</summary>
    /// <value>Default 10 seconds.</value>
    public TimeSpan PingTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
