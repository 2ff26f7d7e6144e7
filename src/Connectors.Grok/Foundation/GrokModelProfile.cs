namespace Connectors.Grok;

/// <summary>What the client knows about a model. A member is null when it is unknown.</summary>
/// <param name="Model">The name that was asked for.</param>
public sealed record GrokModelProfile(string Model)
{
    /// <summary>The accepted reasoning efforts; empty for a model without the parameter.</summary>
    public IReadOnlyList<string>? ReasoningEfforts { get; init; }

    /// <summary>The effort of a request that names none.</summary>
    public string? DefaultReasoningEffort { get; init; }

    /// <summary>The size of the context window in tokens.</summary>
    public long? ContextLength { get; init; }

    /// <summary>The number of prompt tokens from which every token of a request costs more; 0 for a model without such a step.</summary>
    public long? LongContextThreshold { get; init; }

    /// <summary>The prices of a request whose prompt is shorter than <see cref="LongContextThreshold"/>.</summary>
    public GrokModelPrices? Prices { get; init; }

    /// <summary>The prices of every token of a request whose prompt reaches <see cref="LongContextThreshold"/>.</summary>
    public GrokModelPrices? LongContextPrices { get; init; }

    /// <summary>The tokens that a conversation should not reach: the lower of the window and the threshold; null when both are unknown.</summary>
    internal long? Limit => (ContextLength, LongContextThreshold) switch
    {
        ({ } window, > 0 and var threshold) => Math.Min(window, threshold),
        (null, > 0 and var threshold) => threshold,
        var (window, _) => window,
    };

    /// <summary>The price of a request, in ticks of 1e-10 USD, without fees of tools; null when the prices are unknown.</summary>
    internal long? CostInTicks(long input, long cached, long output) => PricesOf(input)?.CostInTicks(input, cached, output);

    /// <summary>The prices of every token of a request with a prompt of this length; null when they are unknown.</summary>
    internal GrokModelPrices? PricesOf(long prompt) => LongContextThreshold is > 0 and var threshold && prompt >= threshold ? LongContextPrices : Prices;

    /// <summary>Whether any member comes from the service. The others are those of this version of the library.</summary>
    public bool IsFromService { get; init; }

    /// <summary>The name of the model.</summary>
    /// <returns>The name.</returns>
    public override string ToString() => $"{nameof(GrokModelProfile)} {Model}";
}
