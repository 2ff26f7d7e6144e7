namespace Connectors.Grok.Foundation;

/// <summary>What differs at a host that offers Grok. Each member is the default of an option, which overrides it.</summary>
/// <param name="ProviderName">The name of the provider in telemetry; overridden by <see cref="GrokChatClientOptions.ProviderName"/>.</param>
internal sealed record KnownHost(string ProviderName)
{
    private static readonly string[] UpToHigh = ["low", "medium", "high"];

    /// <summary>Any host that is not in the table: it behaves as xAI's does.</summary>
    private static readonly KnownHost Other = new(GrokTelemetry.ProviderName);

    // docs/where-grok-runs.md has the sources. None of it was tried on a live host.
    private static readonly KnownHost Foundry = new("azure.ai.inference")
    {
        Path = "/openai/v1",
        Form = "https://RESOURCE.services.ai.azure.com/openai/v1",
        NamesDeployments = true,
        NewResponseTimeout = TimeSpan.FromSeconds(35),
        Efforts = UpToHigh,
    };

    private static readonly KnownHost Google = new("gcp.vertex_ai")
    {
        Path = null,
        Form = "https://aiplatform.googleapis.com/v1/projects/PROJECT/locations/global/endpoints/openapi",
        StoresByDefault = false,
        StoredVersion = ("/v1/", "/v1beta1/"),
        HasModels = false,
        Efforts = [],
    };

    private static readonly KnownHost Bedrock = new("aws.bedrock") { Path = "/openai/v1", Form = "https://bedrock-runtime.REGION.amazonaws.com/openai/v1" };

    private static readonly KnownHost Oracle = new("oci.generative_ai")
    {
        Path = "/openai/v1",
        Form = "https://inference.generativeai.REGION.oci.oraclecloud.com/openai/v1",
        Retention = null,
    };

    private static readonly KnownHost OpenRouter = new("openrouter") { Path = "/api/v1", Form = "https://openrouter.ai/api/v1", StoresByDefault = false };

    private static readonly (string Prefix, string Suffix, KnownHost Host)[] Table =
    [
        ("", ".services.ai.azure.com", Foundry),
        ("", ".openai.azure.com", Foundry),
        ("", ".cognitiveservices.azure.com", Foundry),
        ("", "aiplatform.googleapis.com", Google),
        ("bedrock-", ".amazonaws.com", Bedrock),
        ("bedrock-", ".api.aws", Bedrock),
        ("inference.generativeai.", ".oci.oraclecloud.com", Oracle),
        ("openrouter.ai", "openrouter.ai", OpenRouter),
    ];

    /// <summary>The path that is appended to an address without one; null when the address needs parts that cannot be known.</summary>
    public string? Path { get; init; } = "/v1";

    /// <summary>The form of an endpoint at this host, for messages; null when it is unknown.</summary>
    public string? Form { get; init; }

    /// <summary>Whether a model is requested by the name of a deployment, which the operator chose.</summary>
    public bool NamesDeployments { get; init; }

    /// <summary>Whether responses are stored, and can be continued by id, without further permission. Where they are not, requests say <c>store: false</c>, unless <see cref="GrokChatClientOptions.Store"/> decides.</summary>
    public bool StoresByDefault { get; init; } = true;

    /// <summary>How long responses are stored; null when that is unknown, so that every id is tried.</summary>
    public TimeSpan? Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>What to replace in the path of the endpoint for the routes of stored responses; null for nothing. Overridden by <see cref="GrokChatClientOptions.StoredResponsesEndpoint"/>.</summary>
    public (string Part, string Replacement)? StoredVersion { get; init; }

    /// <summary>Whether there is a route that lists models, which the health check requests.</summary>
    public bool HasModels { get; init; } = true;

    /// <summary>How long a new id may be unknown to the service that created it; overridden by <see cref="GrokChatClientOptions.NewResponseTimeout"/>.</summary>
    public TimeSpan NewResponseTimeout { get; init; }

    /// <summary>The reasoning efforts that are accepted, of those of the model; null for all. Overridden by <see cref="GrokChatClientOptions.ReasoningEfforts"/>.</summary>
    public IReadOnlyList<string>? Efforts { get; init; }

    /// <summary>Gets what is known about the host of an address.</summary>
    public static KnownHost Of(Uri endpoint)
    {
        var name = endpoint.IdnHost.TrimEnd('.');
        foreach (var (prefix, suffix, host) in Table)
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                return host;
            }
        }

        return Other;
    }

    /// <summary>The address of the routes that read and delete stored responses.</summary>
    public Uri StoredEndpoint(Uri endpoint) => StoredVersion is not var (part, replacement) || !endpoint.AbsolutePath.StartsWith(part, StringComparison.Ordinal) ? endpoint
        : new UriBuilder(endpoint) { Path = string.Concat(replacement, endpoint.AbsolutePath.AsSpan(part.Length)) }.Uri;
}
