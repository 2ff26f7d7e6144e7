namespace Connectors.Grok.Foundation;

/// <summary>The built-in knowledge about models, for where the service told nothing: efforts, context window, prices, and which models share encrypted reasoning.</summary>
internal static class ModelProfile
{
    private static readonly string[] NoEffort = [];

    // xAI's reasoning page, 2026-09; the longest matching prefix decides. An unlisted model is sent any effort.
    private static readonly (string Prefix, string[] Efforts)[] Efforts =
    [
        ("grok-4.20-multi-agent", ["low", "medium", "high", "xhigh"]),
        ("grok-4.20", NoEffort),
        ("grok-4.7", ["low", "medium", "high", "xhigh"]),
        ("grok-4.6", ["low", "medium", "high", "xhigh"]),
        ("grok-4.5", ["low", "medium", "high", "xhigh"]),
        ("grok-build-latest", ["low", "medium", "high", "xhigh"]),
        ("grok-4.3", ["none", "low", "medium", "high"]),
        ("grok-3-mini", ["low", "high"]),
        ("grok-4-", NoEffort),
        ("grok-3", NoEffort),
        ("grok-code-fast", NoEffort),
        ("grok-build-0", NoEffort),
    ];

    /// <summary>The number of prompt tokens from which a request costs more, for all text models.</summary>
    private const long LongContextThreshold = 200_000;

    // xAI's pricing page, 2026-09-29; the longest matching prefix decides. Prices are in ticks per token: dollars per million tokens, times 10,000.
    private static readonly (string Prefix, long ContextLength, GrokModelPrices Prices)[] Models =
    [
        ("grok-4.20", 1_000_000, new(12_500, 2_000, 25_000)),
        ("grok-4.7", 500_000, new(20_000, 5_000, 60_000)),
        ("grok-4.6", 500_000, new(20_000, 5_000, 60_000)),
        ("grok-4.5", 500_000, new(20_000, 3_000, 60_000)),
        ("grok-4.3", 1_000_000, new(12_500, 2_000, 25_000)),
        ("grok-build-0.1", 256_000, new(10_000, 2_000, 20_000)),
    ];

    /// <summary>The names of the efforts, for messages.</summary>
    public const string EffortWords = "none, minimal, low, medium, high and xhigh";

    /// <summary>Converts the name of an effort to the spelling of the service; null when the name is unknown.</summary>
    /// <param name="word">The name, of this API or of another one.</param>
    public static string? ToEffort(string word) => word.Trim().ToUpperInvariant() switch
    {
        "NONE" => "none",
        "MINIMAL" or "LOW" => "low",
        "MEDIUM" => "medium",
        "HIGH" => "high",
        "XHIGH" or "EXTRAHIGH" => "xhigh",
        _ => null,
    };

    /// <summary>Whether the model accepts this effort. The service rejects an effort that the model does not accept.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="effort">The effort as the service spells it.</param>
    /// <param name="settings">The client's settings: their table wins over what the service told, and that over the built-in table.</param>
    public static bool TakesEffort(string model, string effort, GrokSettings settings) =>
        (OwnEfforts(model, settings) ?? Told(model, settings)?.ReasoningEfforts ?? HostEfforts(settings.Names.Identity(model), settings))?.Contains(effort) ?? true;

    /// <summary>Gets everything that is known about a model.</summary>
    public static GrokModelProfile Get(string model, GrokSettings settings)
    {
        var identity = settings.Names.Identity(model);
        var known = new GrokModelProfile(model)
        {
            ReasoningEfforts = HostEfforts(identity, settings),
        };
        if (Array.Find(Models, m => StartsWith(identity, m.Prefix)) is { Prices: { } prices } found)
        {
            known = known with { ContextLength = found.ContextLength, LongContextThreshold = LongContextThreshold, Prices = prices, LongContextPrices = prices.Doubled() };
        }

        var joined = Told(model, settings) is { } told ? Over(told, known) with { Model = model } : known;
        joined = OwnPrices(model, settings) is { } stated ? joined with { Prices = stated, LongContextPrices = stated } : joined;
        return OwnEfforts(model, settings) is { } own ? joined with { ReasoningEfforts = own } : joined;
    }

    /// <summary>Gets everything that is known about a model; null where the model or the client's settings are unknown.</summary>
    public static GrokModelProfile? Find(string? model, GrokSettings? settings) => model is null || settings is null ? null : Get(model, settings);

    /// <summary>Joins two profiles of one model: members of the upper one win where they are known.</summary>
    public static GrokModelProfile Over(GrokModelProfile upper, GrokModelProfile lower) => upper with
    {
        ReasoningEfforts = upper.ReasoningEfforts ?? lower.ReasoningEfforts,
        DefaultReasoningEffort = upper.DefaultReasoningEffort ?? lower.DefaultReasoningEffort,
        ContextLength = upper.ContextLength ?? lower.ContextLength,
        LongContextThreshold = upper.LongContextThreshold ?? lower.LongContextThreshold,
        Prices = upper.Prices ?? lower.Prices,
        LongContextPrices = upper.LongContextPrices ?? lower.LongContextPrices,
    };

    /// <summary>Gets the prices that the options state for a model; null when they state none.</summary>
    public static GrokModelPrices? OwnPrices(string model, GrokSettings settings) => Own(model, settings.Hosting.Prices, settings);

    private static IReadOnlyList<string>? OwnEfforts(string model, GrokSettings settings) => Own(model, settings.ReasoningEfforts, settings);

    /// <summary>The entry of a table of the options: by the name of the model, else by its identity. The longest prefix wins.</summary>
    private static T? Own<T>(string model, IReadOnlyDictionary<string, T> table, GrokSettings settings)
        where T : class => table.Count == 0 ? null : Longest(model, table) ?? Longest(settings.Names.Identity(model), table);

    private static T? Longest<T>(string model, IReadOnlyDictionary<string, T> table)
        where T : class => table.Keys.Where(prefix => StartsWith(model, prefix)).MaxBy(static prefix => prefix.Length) is { } longest ? table[longest] : null;

    /// <summary>What the service told, by the name of the model or by its identity.</summary>
    private static GrokModelProfile? Told(string model, GrokSettings settings) => settings.Models.Find(model) ?? settings.Models.Find(settings.Names.Identity(model));

    /// <summary>The efforts of the model that the host accepts as well; null for any.</summary>
    private static IReadOnlyList<string>? HostEfforts(string identity, GrokSettings settings) => (BuiltInEfforts(identity), settings.Host.Efforts) switch
    {
        (var ofModel, null) => ofModel,
        (null, var ofHost) => ofHost,
        var (ofModel, ofHost) => [.. ofModel.Intersect(ofHost, StringComparer.Ordinal)],
    };

    private static string[]? BuiltInEfforts(string model)
    {
        foreach (var (prefix, efforts) in Efforts)
        {
            if (StartsWith(model, prefix))
            {
                return efforts;
            }
        }

        return model.Equals("grok-4", StringComparison.OrdinalIgnoreCase) ? NoEffort : null;
    }

    private static bool StartsWith(string model, string prefix) => model.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The family a model belongs to: its name without date, variant and <c>-latest</c>.</summary>
    public static string Family(string model)
    {
        // "grok-4.20-0309-reasoning" → "grok-4.20"; "grok-4.5-latest" → "grok-4.5"; "grok-latest" stays unchanged: it is an alias whose target changes.
        var second = model.IndexOf('-', StringComparison.Ordinal);
        var third = model.IndexOf('-', second + 1);
        return third < 0 || !char.IsAsciiDigit(model[second + 1]) ? model : model[..third];
    }
}
