namespace Connectors.Grok.Foundation;

/// <summary>The built-in knowledge about models: which reasoning efforts each accepts, and which share encrypted reasoning.</summary>
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
    /// <param name="own">The table of the client's options, which wins over the built-in one.</param>
    public static bool TakesEffort(string model, string effort, IReadOnlyDictionary<string, IReadOnlyList<string>> own)
    {
        if (own.Keys.Where(prefix => StartsWith(model, prefix)).MaxBy(static prefix => prefix.Length) is { } longest)
        {
            return own[longest].Contains(effort);
        }

        foreach (var (prefix, efforts) in Efforts)
        {
            if (StartsWith(model, prefix))
            {
                return efforts.Contains(effort);
            }
        }

        return !model.Equals("grok-4", StringComparison.OrdinalIgnoreCase);
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
