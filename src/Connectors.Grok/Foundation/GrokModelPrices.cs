namespace Connectors.Grok;

/// <summary>What a model's tokens cost, in ticks of 1e-10 USD per token. Divided by 10,000, they are dollars per million tokens.</summary>
/// <param name="InputTicks">A token of the input that the service did not read from its cache.</param>
/// <param name="CachedInputTicks">A token of the input that it read from its cache.</param>
/// <param name="OutputTicks">A token of the output, reasoning included.</param>
public sealed record GrokModelPrices(long InputTicks, long CachedInputTicks, long OutputTicks)
{
    /// <summary>Creates prices from dollars per million tokens, as price lists state them.</summary>
    /// <param name="input">The price of input, in US dollars per million tokens.</param>
    /// <param name="cachedInput">The price of input that is read from the cache.</param>
    /// <param name="output">The price of output, reasoning included.</param>
    /// <returns>The prices.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A price is negative, or more than 100,000 dollars.</exception>
    public static GrokModelPrices FromUsdPerMillionTokens(decimal input, decimal cachedInput, decimal output)
    {
        return new(Ticks(input, nameof(input)), Ticks(cachedInput, nameof(cachedInput)), Ticks(output, nameof(output)));

        static long Ticks(decimal price, string name) =>
            price is >= 0 and <= 100_000 ? (long)decimal.Round(price * 10_000) : throw new ArgumentOutOfRangeException(name, price, "A price is 0 to 100,000 dollars per million tokens.");
    }

    /// <summary>The prices for a long context, which are twice the others for every model that has such a step.</summary>
    internal GrokModelPrices Doubled() => new(InputTicks * 2, CachedInputTicks * 2, OutputTicks * 2);

    internal long CostInTicks(long input, long cached, long output) =>
        (long)Int128.Min(long.MaxValue, ((Int128)Math.Max(input - cached, 0) * InputTicks) + ((Int128)cached * CachedInputTicks) + ((Int128)output * OutputTicks));

    /// <summary>What cached tokens cost less than others.</summary>
    internal long SavingsInTicks(long cached) => (long)Int128.Min(long.MaxValue, (Int128)cached * Math.Max(InputTicks - CachedInputTicks, 0));

    /// <summary>The prices as the service states them; null when it states none. A price for a long context that is 0 is the other one.</summary>
    internal static GrokModelPrices? From(long? input, long? cached, long? output, GrokModelPrices? otherwise = null) =>
        Stated(input, otherwise?.InputTicks) is { } inputTicks && Stated(output, otherwise?.OutputTicks) is { } outputTicks
            ? new(inputTicks, Stated(cached, otherwise?.CachedInputTicks) ?? inputTicks, outputTicks)
            : null;

    private static long? Stated(long? price, long? otherwise) => price is > 0 and < 1_000_000_000 ? price : otherwise;
}
