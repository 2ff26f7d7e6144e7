namespace Connectors.Grok;

/// <content>What differs at hosts other than xAI's: the names and prices of models, and stored responses. See <c>docs/where-grok-runs.md</c>.</content>
public sealed partial class GrokChatClientOptions
{
    /// <summary>
    /// The models behind names that do not tell them, such as the names of deployments. Reasoning efforts, prices and the family, whose models share encrypted reasoning,
    /// follow the model; the name is sent. Prefixes such as <c>xai/</c>, <c>x-ai/</c> and <c>us.xai.</c>, and spellings such as <c>grok-4-20</c>, are known. An unknown name is
    /// learned from the answer where that names a Grok model.
    /// </summary>
    /// <value>Default empty.</value>
    /// <example><c>options.ModelNames["prod-chat"] = "grok-4.7";</c></example>
    public IDictionary<string, string> ModelNames { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// The prices of models, by prefix of the model's name: for answers that carry no cost, as at most hosts other than xAI's. The longest matching prefix wins. The cost of
    /// such an answer is then computed from its tokens, without fees of tools.
    /// </summary>
    /// <value>Default empty: no cost is computed.</value>
    /// <example><c>options.Prices["grok-4.7"] = GrokModelPrices.FromUsdPerMillionTokens(input: 2m, cachedInput: 0.5m, output: 6m);</c></example>
    public IDictionary<string, GrokModelPrices> Prices { get; } = new Dictionary<string, GrokModelPrices>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// How long a request is repeated while the service does not know a response that this client received less than a minute ago: some services can read a new response only
    /// seconds after they sent it. No other failure and no other id is repeated for this reason.
    /// </summary>
    /// <value>Null, the default: 35 seconds at hosts of Azure, otherwise zero. Zero switches it off; at most 10 minutes.</value>
    public TimeSpan? NewResponseTimeout { get; set; }

    /// <summary>The address below which stored responses are read and deleted, where it differs from <see cref="Endpoint"/>. It must be on the same host.</summary>
    /// <value>Null, the default: <see cref="Endpoint"/>; on Google Cloud, the same address with <c>v1beta1</c>.</value>
    public Uri? StoredResponsesEndpoint { get; set; }

    /// <summary>The name of the provider in telemetry and in the metadata of the client.</summary>
    /// <value>Null, the default: by the host of the endpoint, such as <c>azure.ai.inference</c>; <see cref="GrokTelemetry.ProviderName"/> for hosts that are not known.</value>
    public string? ProviderName { get; set; }
}
