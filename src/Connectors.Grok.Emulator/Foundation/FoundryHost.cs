using Connectors.Grok.Emulator.Foundation;

namespace Connectors.Grok.Emulator;

/// <summary>Microsoft Foundry: <c>/openai/v1</c>, deployments, keys and tokens of Entra ID, errors of the gateway and of xAI on one host, no cost.</summary>
public sealed class FoundryHost : GrokHost
{
    /// <summary>The models by the names of their deployments, such as <c>prod-chat</c> → <c>grok-4.7</c>. Names are case-sensitive.</summary>
    /// <value>Empty by default: each model has a deployment of its own name.</value>
    public IDictionary<string, string> Deployments { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Whether <c>model</c> of an answer is the name of the deployment, as in the page on Grok. Otherwise it is the name of the model, as with models of Azure OpenAI.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool EchoesDeployment { get; set; } = true;

    /// <summary>The time after which the id of a streamed response can be continued, retrieved and deleted. Users report 5 to 33 seconds.</summary>
    /// <value>Zero by default.</value>
    public TimeSpan ReadableAfter { get; set; }

    /// <summary>Whether the effort <c>xhigh</c> is rejected. The page lists it for chat completions only.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool RejectsXHigh { get; set; } = true;

    internal override HostWire Wire { get; } = new()
    {
        BasePath = "/openai/v1",
        RequestIdHeader = "apim-request-id",
        Cost = CostForm.None,
        HasServiceTier = false,
        HasContentFilters = true,
    };

    private protected override IReadOnlyDictionary<string, Action<string>> Settings => new Dictionary<string, Action<string>>(StringComparer.OrdinalIgnoreCase)
    {
        ["deployment"] = value => AddDeployment(value.Split(':', 2, StringSplitOptions.TrimEntries)),
        ["echo-deployment"] = value => EchoesDeployment = bool.Parse(value),
        ["readable-after"] = value => ReadableAfter = Seconds(value),
        ["reject-xhigh"] = value => RejectsXHigh = bool.Parse(value),
    };

    private void AddDeployment(string[] pair) => Deployments[pair[0]] = pair.Length > 1 ? pair[1] : throw new FormatException("It must have the form NAME:MODEL.");
}
