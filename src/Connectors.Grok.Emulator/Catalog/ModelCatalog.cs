namespace Connectors.Grok.Emulator.Catalog;

/// <summary>The models that xAI offered in September and October 2026 (docs/wire.md#models).</summary>
internal static class ModelCatalog
{
    private static readonly string[] FullEfforts = ["low", "medium", "high", "xhigh"];

    private static readonly Dictionary<string, string> Retired = new()
    {
        ["grok-2-1212"] = "The model grok-2-1212 was deprecated on 2025-09-15 and is no longer accessible via the API. Please use grok-3 instead.",
    };

    public const long ImagineCreated = 1769904000;

    /// <summary>The image and video models of the list of models. The emulator does not run them.</summary>
    public static readonly string[] Imagine =
        ["grok-imagine-image", "grok-imagine-image-2.0", "grok-imagine-image-quality", "grok-imagine-video", "grok-imagine-video-1.5"];

    public static IReadOnlyList<ModelInfo> All { get; } =
    [
        new("grok-4.7", [], 500_000, 20_000, 5_000, 60_000)
            { Efforts = FullEfforts, DefaultEffort = "high", AlwaysEncrypts = true, Created = 1789948800 },
        new("grok-4.6", [], 500_000, 20_000, 5_000, 60_000) { Efforts = FullEfforts, DefaultEffort = "high" },
        new("grok-4.5", ["grok-4.5-latest", "grok-build-latest"], 500_000, 20_000, 3_000, 60_000)
            { Efforts = ["low", "medium", "high"], DefaultEffort = "high", TakesXHighAsHigh = true },
        new("grok-4.3", ["grok-4.3-latest", "grok-latest"], 1_000_000, 12_500, 2_000, 25_000)
            { Efforts = ["none", "low", "medium", "high"], DefaultEffort = "low" },
        new("grok-4.20-0309-reasoning", ["grok-4.20", "grok-4.20-0309", "grok-4.20-reasoning", "grok-4.20-reasoning-latest"], 1_000_000, 12_500, 2_000, 25_000),
        new("grok-4.20-0309-non-reasoning", ["grok-4.20-non-reasoning", "grok-4.20-non-reasoning-latest"], 1_000_000, 12_500, 2_000, 25_000)
            { SupportsReasoning = false },
        new("grok-4.20-multi-agent-0309", ["grok-4.20-multi-agent", "grok-4.20-multi-agent-latest"], 1_000_000, 12_500, 2_000, 25_000)
            { Efforts = FullEfforts, DefaultEffort = "low", IsMultiAgent = true },
        new("grok-build-0.1", [], 256_000, 10_000, 2_000, 20_000),
    ];

    /// <summary>Model names retired on 2026-05-15. The API still accepts each of them and answers with its successor.</summary>
    private static readonly Dictionary<string, string> Redirects = new()
    {
        ["grok-4"] = "grok-4.3",
        ["grok-4-latest"] = "grok-4.3",
        ["grok-4-0709"] = "grok-4.3",
        ["grok-4-fast"] = "grok-4.3",
        ["grok-4-fast-reasoning"] = "grok-4.3",
        ["grok-4-fast-non-reasoning"] = "grok-4.3",
        ["grok-4-1-fast"] = "grok-4.3",
        ["grok-4-1-fast-reasoning"] = "grok-4.3",
        ["grok-4-1-fast-non-reasoning"] = "grok-4.3",
        ["grok-3"] = "grok-4.3",
        ["grok-code-fast-1"] = "grok-build-0.1",
    };

    private static readonly Dictionary<string, ModelInfo> ByName = All
        .SelectMany(model => model.Aliases.Append(model.Id).Select(name => (name, model)))
        .Concat(Redirects.Select(redirect => (redirect.Key, All.First(model => model.Id == redirect.Value))))
        .ToDictionary(entry => entry.Item1, entry => entry.Item2);

    public static ModelInfo? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>Returns the error text for a retired model name that is no longer accepted; null for any other name.</summary>
    public static string? RetirementNotice(string name) => Retired.GetValueOrDefault(name);
}
