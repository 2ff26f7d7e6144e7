namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The result of one cell of the table.</summary>
/// <param name="Strikes">How often the fault was caused.</param>
/// <param name="Acknowledged">The number of turns whose append returned true.</param>
/// <param name="Found">The number of these that are found in the end, with their bytes and in their place.</param>
/// <param name="Wrong">The number of wrong answers.</param>
/// <param name="Refused">The number of calls that threw an exception of the store.</param>
/// <param name="Back">The longest time from the end of a fault to the next acknowledged turn.</param>
/// <param name="Texts">The first wrong answers, or the reasons of the refusals when nothing was acknowledged.</param>
internal sealed record DurabilityResult(int Strikes, int Acknowledged, int Found, int Wrong, int Refused, TimeSpan Back, IReadOnlyList<string> Texts)
{
    public bool IsKept => Acknowledged == Found && Wrong == 0 && Acknowledged > 0;
}
