using System.Globalization;

namespace Connectors.Grok.Faults.Tests.Cancellation;

/// <summary>Runs the cancellations as a command, which also checks their latency: for an otherwise idle machine.</summary>
internal static class CancelCommand
{
    private const double MostMilliseconds = 100;

    /// <param name="args">The number of cancellations, and a seed.</param>
    /// <returns>0 when every cancellation was observed in time.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var count = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : CancelRun.DefaultCount;
        var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
        var result = await CancelRun.RunAsync(count, seed, Console.WriteLine);
        var isInTime = result.Longest <= MostMilliseconds;
        Console.WriteLine(isInTime ? $"each within {MostMilliseconds} ms" : $"NOT each within {MostMilliseconds} ms");
        return result.Wrong.IsEmpty && isInTime ? 0 : 1;
    }
}
