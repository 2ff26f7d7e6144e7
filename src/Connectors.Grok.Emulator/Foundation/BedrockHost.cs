using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>
/// Amazon Bedrock: <c>/openai/v1</c>, keys and stored responses that belong to a region, names of inference profiles, one 404 for every unknown id, no
/// hosted tools, no cost. The region of a request is in its <c>Host</c> header, such as <c>bedrock-runtime.us-west-2.amazonaws.com</c>.
/// </summary>
public sealed class BedrockHost : GrokHost
{
    /// <summary>The region in which the key is valid, and of requests whose <c>Host</c> header names none.</summary>
    /// <value><c>us-east-1</c> by default.</value>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The regions that serve requests for a <c>global.</c> profile, in turn. A response belongs to the region that served it.</summary>
    /// <value>Empty by default: the region of the request serves them.</value>
    public IList<string> GlobalRegions { get; } = [];

    /// <summary>Whether the account retains nothing: <c>store: true</c> is rejected, and a request that does not say is not stored.</summary>
    /// <value><see langword="false"/> by default.</value>
    public bool RetainsNothing { get; set; }

    internal override HostWire Wire { get; } = new()
    {
        BasePath = "/openai/v1",
        RequestIdHeader = "x-amzn-requestid",
        HasRateLimits = false,
        Cost = CostForm.None,
    };

    private protected override IReadOnlyDictionary<string, Action<string>> Settings => new Dictionary<string, Action<string>>(StringComparer.OrdinalIgnoreCase)
    {
        ["region"] = value => Region = value,
        ["global-region"] = GlobalRegions.Add,
        ["retain-nothing"] = value => RetainsNothing = bool.Parse(value),
    };
}
