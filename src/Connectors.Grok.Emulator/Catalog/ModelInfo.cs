namespace Connectors.Grok.Emulator.Catalog;

/// <summary>A model of the API (docs/wire.md#models). Prices are in ticks (1e-10 USD) per token, as in the list of models: 20000 is $2 per million tokens.</summary>
internal sealed record ModelInfo(string Id, string[] Aliases, int ContextLength, int InputPrice, int CachedPrice, int OutputPrice)
{
    /// <summary>The factor of every token price at or above <see cref="LongContextThreshold"/>.</summary>
    public const int LongContextFactor = 2;

    /// <summary>The accepted values of <c>reasoning.effort</c>; empty when the model rejects the member.</summary>
    public string[] Efforts { get; init; } = [];

    /// <summary>Whether the effort xhigh is accepted, although the model does not list it, and means high.</summary>
    public bool TakesXHighAsHigh { get; init; }

    public string? DefaultEffort { get; init; }

    public bool SupportsReasoning { get; init; } = true;

    /// <summary>Whether responses contain encrypted reasoning even when the request does not include it, as with grok-4.7.</summary>
    public bool AlwaysEncrypts { get; init; }

    /// <summary>The number of prompt tokens from which on every token of a request costs double.</summary>
    public int LongContextThreshold { get; init; } = 200_000;

    public bool IsMultiAgent { get; init; }

    public long Created { get; init; } = 1754000000;

    /// <summary>The model with the window and the threshold of the options, where they set them.</summary>
    public ModelInfo WithLimits(GrokEmulatorOptions options) => this with
    {
        ContextLength = options.ContextLength ?? ContextLength,
        LongContextThreshold = options.LongContextThreshold ?? LongContextThreshold,
    };

    public string Fingerprint => $"fp_emulator_{Id.Replace('-', '_').Replace('.', '_')}";
}
