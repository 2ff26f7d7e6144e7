namespace Connectors.Grok.Conversations;

/// <summary>Prices as xAI counts them (<c>cost_in_usd_ticks</c>), in US dollars.</summary>
internal static class Money
{
    public const decimal TicksPerUsd = 10_000_000_000m;

    public static decimal ToUsd(long ticks) => ticks / TicksPerUsd;
}
