using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Google's Agent Platform: a path of project and location, tokens, errors as arrays, no stored responses unless the organization policy allows them,
/// retrieval and deletion under <c>v1beta1</c> only, no list of models, no cost.
/// </summary>
public sealed class GoogleHost : GrokHost
{
    /// <summary>Whether responses are stored when the request does not say. Google's page changed its answer twice.</summary>
    /// <value><see langword="false"/> by default, as the newest page says.</value>
    public bool StoresByDefault { get; set; }

    /// <summary>Whether the organization policy allows responses to be stored and continued.</summary>
    /// <value><see langword="false"/> by default: such a request is rejected with the constraint's name.</value>
    public bool AllowsState { get; set; }

    /// <summary>Whether a reasoning effort is rejected, as the page on reasoning says.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool RejectsEffort { get; set; } = true;

    /// <summary>Whether a JSON schema is accepted and ignored, as in a sample answer of the page on structured output.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool IgnoresSchemas { get; set; }

    internal override HostWire Wire { get; } = new()
    {
        BasePath = "/v1/projects/emulator/locations/global/endpoints/openapi",
        RequestIdHeader = "x-emulator-request-id",
        HasRateLimits = false,
        Cost = CostForm.None,
        HasServiceTier = false,
        TrafficType = "ON_DEMAND",
    };

    private protected override IReadOnlyDictionary<string, Action<string>> Settings => new Dictionary<string, Action<string>>(StringComparer.OrdinalIgnoreCase)
    {
        ["store-by-default"] = value => StoresByDefault = bool.Parse(value),
        ["allow-state"] = value => AllowsState = bool.Parse(value),
        ["reject-effort"] = value => RejectsEffort = bool.Parse(value),
        ["ignore-schemas"] = value => IgnoresSchemas = bool.Parse(value),
    };
}
