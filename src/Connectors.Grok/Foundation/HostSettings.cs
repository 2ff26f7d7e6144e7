namespace Connectors.Grok.Foundation;

/// <summary>What follows from the host of the endpoint, and the validated options that override it.</summary>
internal sealed record HostSettings
{
    /// <summary>What is known about the host.</summary>
    public required KnownHost Host { get; init; }

    /// <summary>The address below which stored responses are read and deleted; ends with a slash.</summary>
    public required Uri StoredEndpoint { get; init; }

    /// <summary>The name of the provider in telemetry.</summary>
    public required string ProviderName { get; init; }

    /// <summary>The identities of models.</summary>
    public required ModelNames Names { get; init; }

    /// <summary>The prices of models, by prefix of the name.</summary>
    public required IReadOnlyDictionary<string, GrokModelPrices> Prices { get; init; }

    /// <summary>How long a request is repeated that names a new response which the service does not know.</summary>
    public required TimeSpan NewResponseTimeout { get; init; }

    /// <summary>Validates the options.</summary>
    /// <exception cref="ArgumentException">A setting is wrong; <c>ParamName</c> is its name.</exception>
    public static HostSettings From(GrokChatClientOptions options, Uri endpoint)
    {
        var host = KnownHost.Of(endpoint);
        return new()
        {
            Host = host,
            StoredEndpoint = options.StoredResponsesEndpoint is { } stored ? EndpointSettings.NormalizeStored(stored, endpoint) : host.StoredEndpoint(endpoint),
            ProviderName = GrokSettings.Check(
                options.ProviderName ?? host.ProviderName, options.ProviderName is null || !string.IsNullOrWhiteSpace(options.ProviderName), nameof(options.ProviderName), "must not be blank"),
            Names = new ModelNames(GrokSettings.Check(
                options.ModelNames,
                options.ModelNames.Count == 0 || options.ModelNames.All(static n => !string.IsNullOrWhiteSpace(n.Key) && !string.IsNullOrWhiteSpace(n.Value)),
                nameof(options.ModelNames),
                "must map names to models, such as grok-4.7")),
            Prices = GrokSettings.Check(
                options.Prices.Count == 0 ? [] : new Dictionary<string, GrokModelPrices>(options.Prices, StringComparer.OrdinalIgnoreCase),
                options.Prices.Count == 0 || options.Prices.All(static p => !string.IsNullOrWhiteSpace(p.Key) && p.Value is { InputTicks: >= 0, CachedInputTicks: >= 0, OutputTicks: >= 0 }),
                nameof(options.Prices),
                "must map prefixes of model names to prices that are not negative"),
            NewResponseTimeout = GrokSettings.Check(
                options.NewResponseTimeout ?? host.NewResponseTimeout,
                GrokSettings.IsUpTo(options.NewResponseTimeout ?? TimeSpan.Zero, TimeSpan.FromMinutes(10)),
                nameof(options.NewResponseTimeout),
                "must be 0 to 10 minutes"),
        };
    }
}
