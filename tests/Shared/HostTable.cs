using System.Text;

namespace Connectors.Grok.Tests;

/// <summary>
/// A table of docs/hosts.md: one row for each feature of a host, one column for each client. Each cell is the outcome of a scenario that ran: it
/// works, or a heading of the page explains why it does not.
/// </summary>
internal sealed class HostTable(string host, IReadOnlyList<string> columns)
{
    private readonly StringBuilder _table = new($"\n| {host} | {string.Join(" | ", columns)} |\n|---|{string.Concat(Enumerable.Repeat("---|", columns.Count))}\n");

    /// <summary>Runs a scenario without and with streaming.</summary>
    /// <returns>The cell, which says how both ended, and a failure that no explanation fits; null when there is none.</returns>
    public static async Task<(string Cell, string? Failure)> CellAsync(Func<bool, Task> scenario, IReadOnlyList<Explanation> explanations)
    {
        var (whole, streamed) = (await OutcomeAsync(() => scenario(false), explanations), await OutcomeAsync(() => scenario(true), explanations));
        return (whole.Words == streamed.Words ? whole.Words : $"{whole.Words}; streamed: {streamed.Words}", whole.Failure ?? streamed.Failure);
    }

    public void Add(string feature, IEnumerable<string> cells) => _table.Append($"| {feature} | {string.Join(" | ", cells)} |\n");

    public override string ToString() => _table.Append('\n').ToString();

    private static async Task<(string Words, string? Failure)> OutcomeAsync(Func<Task> scenario, IReadOnlyList<Explanation> explanations)
    {
        try
        {
            await scenario();
            return ("works", null);
        }
        catch (Exception e)
        {
            return explanations.FirstOrDefault(x => x.Explains(e)) is { } explanation
                ? ($"[{explanation.Words}](#{explanation.Heading})", null)
                : ("fails", $"no heading of the page explains {e}");
        }
    }
}

/// <summary>A heading of docs/hosts.md that explains an outcome.</summary>
/// <param name="Words">The words of the cell.</param>
/// <param name="Heading">The heading, as the anchor of a link.</param>
/// <param name="Explains">Whether it explains a failure.</param>
internal sealed record Explanation(string Words, string Heading, Func<Exception, bool> Explains)
{
    /// <summary>An explanation of something that a scenario observed, which is no exception.</summary>
    public static Explanation OfObservation(string words, string heading) => new(words, heading, e => e is ObservationException && e.Message == heading);
}

/// <summary>A scenario found something else than what its row promises.</summary>
/// <param name="heading">The heading of the page that explains it.</param>
internal sealed class ObservationException(string heading) : Exception(heading);
