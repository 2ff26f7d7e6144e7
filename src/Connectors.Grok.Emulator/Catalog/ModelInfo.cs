namespace Connectors.Grok.Emulator.Catalog;

/// <summary>A model of section 13.2. Prices are ticks (1e-10 USD) per token, which is also the unit of the price list: 20000 is $2 per million.</summary>
internal sealed record ModelInfo(string Id, string[] Aliases, int ContextLength, int InputPrice, int CachedPrice, int OutputPrice)
{
    /// <summary>Accepted values of <c>reasoning.effort</c>; empty when the model rejects the parameter.</summary>
    public string[] Efforts { get; init; } = [];

    public string? DefaultEffort { get; init; }

    public bool SupportsReasoning { get; init; } = true;

    /// <summary>grok-4.7 returns encrypted reasoning without being asked.</summary>
    public bool AlwaysEncrypts { get; init; }

    public bool IsMultiAgent { get; init; }

    public long Created { get; init; } = 1754000000;

    public string Fingerprint => $"fp_emulator_{Id.Replace('-', '_').Replace('.', '_')}";
}
