using Connectors.Grok.Emulator;

namespace Connectors.Grok.Pipelines.Tests.Hosts;

/// <summary>A host that serves Grok, as the emulator plays it, and the settings of a client for it. The settings are those of docs/where-grok-runs.md.</summary>
/// <param name="Name">The name of the setup in a list of tests.</param>
/// <param name="Endpoint">The address at which the host is known.</param>
/// <param name="Model">The name of the model there.</param>
public sealed record HostSetup(string Name, string Endpoint, string Model)
{
    private const string Foundry = "https://res.services.ai.azure.com/openai/v1";
    private const string Google = "https://aiplatform.googleapis.com/v1/projects/acme/locations/global/endpoints/openapi";
    private const string Bedrock = "https://bedrock-runtime.us-east-1.amazonaws.com/openai/v1";
    private const string OpenRouter = "https://openrouter.ai/api/v1";

    /// <summary>Each host as its documents describe it.</summary>
    public static readonly IReadOnlyList<HostSetup> Usual =
    [
        new("xAI", "https://api.x.ai/v1", "grok-4.7") { IsStateful = true, HasCost = true },
        new("Foundry", Foundry, "prod-chat") { ServedBy = static () => Deployed(), IsStateful = true, LooksUpReasoning = true, Configure = static o => o.ModelNames["prod-chat"] = "grok-4.7" },
        new("Google", Google, "xai/grok-4.7") { ServedBy = static () => new GoogleHost() },
        new("Google, state allowed", Google, "xai/grok-4.7") { ServedBy = static () => new GoogleHost { AllowsState = true }, IsStateful = true, Configure = static o => o.Store = true },
        new("Bedrock", Bedrock, "us.xai.grok-4.7") { ServedBy = static () => new BedrockHost(), IsStateful = true },
        new("OpenRouter", OpenRouter, "x-ai/grok-4.7") { ServedBy = static () => new OpenRouterHost(), HasCost = true },
    ];

    /// <summary>Further setups: the points on which sources disagree, decided the other way.</summary>
    public static readonly IReadOnlyList<HostSetup> Further =
    [
        new("Foundry, no names configured", Foundry, "prod-chat") { ServedBy = static () => Deployed(), IsStateful = true, LooksUpReasoning = true },
        new("Foundry, underlying names", Foundry, "prod-chat") { ServedBy = static () => Deployed(echoes: false), IsStateful = true, LooksUpReasoning = true },
        new("Foundry, young ids", Foundry, "prod-chat") { ServedBy = static () => Deployed(readableAfter: 7), IsStateful = true, LooksUpReasoning = true, IsRejecting = true },
        new("Google, store not allowed", Google, "xai/grok-4.7") { ServedBy = static () => new GoogleHost(), Configure = static o => o.Store = true, IsRejecting = true },
        new("Google, stored by default", Google, "xai/grok-4.7") { ServedBy = static () => new GoogleHost { AllowsState = true, StoresByDefault = true } },
        new("Google, effort taken", Google, "xai/grok-4.6") { ServedBy = static () => new GoogleHost { RejectsEffort = false } },
        new("Bedrock, two regions", Bedrock, "global.xai.grok-4.7")
            { ServedBy = static () => new BedrockHost { GlobalRegions = { "us-west-2", "us-east-1" } }, IsStateful = true, IsRejecting = true, LosesResponses = true },
        new("Bedrock, nothing retained", Bedrock, "us.xai.grok-4.7") { ServedBy = static () => new BedrockHost { RetainsNothing = true }, LeavesStoreOpen = true },
        new("OpenRouter, names of the guide", OpenRouter, "x-ai/grok-4.7") { ServedBy = static () => new OpenRouterHost { UsesGuideEventNames = true }, HasCost = true },
        new("OpenRouter, store echoed", OpenRouter, "x-ai/grok-4.7") { ServedBy = static () => new OpenRouterHost { EchoesStore = true }, HasCost = true },
        new("OpenRouter, ids required", OpenRouter, "x-ai/grok-4.7")
            { ServedBy = static () => new OpenRouterHost { RequiresAssistantIds = true }, Rejection = "Assistant messages in input must have id and status.", HasCost = true },
    ];

    /// <summary>All setups, by name.</summary>
    public static IReadOnlyDictionary<string, HostSetup> All { get; } = Usual.Concat(Further).ToDictionary(static s => s.Name, StringComparer.Ordinal);

    /// <summary>Creates the host of the emulator; null for xAI.</summary>
    public Func<GrokHost?> ServedBy { get; init; } = static () => null;

    /// <summary>Changes the options of the client.</summary>
    public Action<GrokChatClientOptions> Configure { get; init; } = static _ => { };

    /// <summary>Whether stored turns are continued by their ids.</summary>
    public bool IsStateful { get; init; }

    /// <summary>Whether some requests are rejected before they succeed.</summary>
    public bool IsRejecting { get; init; }

    /// <summary>Whether stored responses can be out of reach.</summary>
    public bool LosesResponses { get; init; }

    /// <summary>Whether requests do not say whether to store, although the host stores nothing.</summary>
    public bool LeavesStoreOpen { get; init; }

    /// <summary>Whether a request to be stored fails when it has a reasoning item whose id the host no longer knows.</summary>
    public bool LooksUpReasoning { get; init; }

    /// <summary>Whether answers carry a cost.</summary>
    public bool HasCost { get; init; }

    /// <summary>The words with which the host rejects every resent answer; null when it accepts them.</summary>
    public string? Rejection { get; init; }

    public override string ToString() => Name;

    private static FoundryHost Deployed(bool echoes = true, int readableAfter = 0) =>
        new() { Deployments = { ["prod-chat"] = "grok-4.7" }, EchoesDeployment = echoes, ReadableAfter = TimeSpan.FromSeconds(readableAfter) };
}
