using System.Globalization;
using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>Prints what each store keeps through each fault.</summary>
internal static class DurabilityCommand
{
    private const int DefaultSeconds = 15;
    private const int MostSeconds = 600;
    private const int MostTexts = 5;

    /// <param name="arguments">The seconds of load per cell (15), and after them words that select rows of the table.</param>
    /// <returns>0 when SQLite and PostgreSQL kept every acknowledged turn and no store gave a wrong answer.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        var seconds = arguments is [var first, ..] && int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Clamp(number, 1, MostSeconds) : DefaultSeconds;
        var words = arguments.Where(static a => !int.TryParse(a, out _)).ToList();
        var postgres = new PostgresServer();
        var redis = new RedisCluster();
        await postgres.InitializeAsync();
        await redis.InitializeAsync();
        var (isKept, notes, texts) = (true, new List<string>(), new List<string>());
        try
        {
            Console.WriteLine($"{seconds} s of load per row: 7 writers and 2 readers, or 2 writing processes that are killed in turn.\n");
            Console.WriteLine("| Store | Fault | Faults | Acknowledged turns | Found turns | Wrong answers | Refused calls | Longest pause after it | |\n|---|---|--:|--:|--:|--:|--:|--:|---|");
            foreach (var cell in DurabilityTable.All(postgres, redis).Where(c => words.TrueForAll(w => $"{c.Store} {c.Fault}".Contains(w, StringComparison.OrdinalIgnoreCase))))
            {
                var result = await RunAsync(cell, TimeSpan.FromSeconds(seconds), notes);
                isKept &= result is null || result.IsKept || (!cell.MustKeep && result is { Wrong: 0, Acknowledged: > 0 });
                texts.AddRange(result is { Wrong: > 0 } ? result.Texts.Take(MostTexts).Select(t => $"{cell.Store}, {cell.Fault}: {t}") : []);
            }
        }
        finally
        {
            await redis.DisposeAsync();
            await postgres.DisposeAsync();
        }

        Console.WriteLine($"\n{string.Join('\n', notes.Select(static (n, i) => $"[{i + 1}] {n}").Concat(texts))}");
        Console.WriteLine(isKept ? "\nEvery acknowledged turn was found, and no answer was wrong." : "\nFAILED");
        return isKept ? 0 : 1;
    }

    private static async Task<DurabilityResult?> RunAsync(DurabilityCell cell, TimeSpan time, List<string> notes)
    {
        try
        {
            if (cell.Create is null)
            {
                throw new NotSupportedException(cell.Note);
            }

            await using var scenario = await cell.Create();
            var result = await DurabilityRun.RunAsync(scenario, time);
            Console.WriteLine(
                $"| {cell.Store} | {cell.Fault} | {result.Strikes} | {result.Acknowledged:N0} | {result.Found:N0} | {result.Wrong} | {result.Refused:N0} | {result.Back.TotalSeconds:0.00} s | {(result.IsKept ? "kept" : result.Wrong > 0 ? "WRONG" : "lost")} |");
            return result;
        }
        catch (ConversationStoreException e)
        {
            // The store could not even be opened, or not be read afterwards.
            Console.WriteLine($"| {cell.Store} | {cell.Fault} | | | | | | | UNUSABLE |");
            return new(0, 0, 0, 1, 1, TimeSpan.Zero, [e.Message]);
        }
        catch (Exception e) when (e is NotSupportedException or Xunit.Sdk.SkipException)
        {
            if (!notes.Contains(e.Message))
            {
                notes.Add(e.Message);
            }

            Console.WriteLine($"| {cell.Store} | {cell.Fault} | – | – | – | – | – | – | [{notes.IndexOf(e.Message) + 1}] |");
            return null;
        }
    }
}
