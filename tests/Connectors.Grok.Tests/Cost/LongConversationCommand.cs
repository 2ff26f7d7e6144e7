using System.Diagnostics;
using System.Globalization;
using Connectors.Grok.Conversations;

namespace Connectors.Grok.Tests.Cost;

/// <summary>Prints what a long conversation costs without and with compaction.</summary>
internal static class LongConversationCommand
{
    private const int DefaultTurns = 300;
    private const int DefaultWindow = 12_000;
    private const int Rows = 12;

    /// <param name="arguments">The number of turns (300), and the context window in tokens (12,000).</param>
    /// <returns>0 when the compacted conversation came to its end and cost less than half in its last third.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var numbers = arguments.Select(static a => int.Parse(a, CultureInfo.InvariantCulture)).ToList();
        var (turns, window) = (numbers.Count > 0 ? numbers[0] : DefaultTurns, numbers.Count > 1 ? numbers[1] : DefaultWindow);
        var watch = Stopwatch.StartNew();
        await using var small = new LongConversation(window, compaction: null);
        var failure = await FailureOfAsync(small, turns);
        Console.WriteLine($"Window of {window:N0} tokens, without compaction: {(failure is null ? "came to its end" : $"{failure.Kind} after {small.Turns} turns")}.");
        Console.WriteLine(failure?.Message);

        await using var compacted = new LongConversation(window, new() { Limit = window });
        var compactedFailure = await FailureOfAsync(compacted, turns);
        await using var large = new LongConversation(window: null, compaction: null);
        await large.RunToAsync(turns);
        var (cheap, dear) = (await compacted.CostsAsync(), await large.CostsAsync());
        Console.WriteLine($"\n{turns} turns in {watch.Elapsed.TotalSeconds:0.0} s. Compactions: {cheap.Count(static c => c.IsCompacted)}, before the turns {string.Join(", ", cheap.Index().Where(static c => c.Item.IsCompacted).Select(static c => c.Index + 1))}.\n");
        Console.WriteLine("| Turns | Input tokens a turn, large window | compacted | Cost, large window | compacted |\n|---|--:|--:|--:|--:|");
        var step = Math.Max(1, (turns + Rows - 1) / Rows);
        for (var from = 0; from < cheap.Count; from += step)
        {
            Print($"{from + 1} to {Math.Min(from + step, cheap.Count)}", dear.Skip(from).Take(step).ToList(), cheap.Skip(from).Take(step).ToList());
        }

        var (lastDear, lastCheap) = (dear.Skip(turns * 2 / 3).ToList(), cheap.Skip(turns * 2 / 3).ToList());
        Print("last third", lastDear, lastCheap);
        Print("all", dear, cheap);
        Console.WriteLine($"\nThe instructions were in force in every answer, and {turns / 50} answers knew the name of the first turn.");
        return compactedFailure is null && lastCheap.Sum(static c => c.Ticks) * 2 < lastDear.Sum(static c => c.Ticks) ? 0 : 1;
    }

    private static void Print(string turns, List<TurnCost> dear, List<TurnCost> cheap) =>
        Console.WriteLine($"| {turns} | {dear.Average(static c => c.Input):N0} | {cheap.Average(static c => c.Input):N0} | {Usd(dear)} | {Usd(cheap)} |");

    private static string Usd(List<TurnCost> costs) => $"${costs.Sum(static c => c.Ticks) / 10_000_000_000m:0.0000}";

    private static async Task<GrokException?> FailureOfAsync(LongConversation talk, int turns)
    {
        try
        {
            await talk.RunToAsync(turns);
            return null;
        }
        catch (GrokException e)
        {
            return e;
        }
    }
}
