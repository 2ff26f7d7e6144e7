using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>Runs writers and readers through a fault, and looks for every acknowledged turn afterwards.</summary>
internal static class DurabilityRun
{
    private const int Readers = 2;

    // Turns before and after each fault.
    private const int Turns = 40;

    // Not a measurement: a store that has not recovered by then is not waited for any longer.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    /// <param name="scenario">The store and its fault.</param>
    /// <param name="time">How long the load runs at least; zero for one fault.</param>
    public static async Task<DurabilityResult> RunAsync(FaultScenario scenario, TimeSpan time)
    {
        var ledger = new Ledger();
        var store = scenario.Open();
        await store.InitializeAsync();
        using var end = new CancellationTokenSource();
        var load = new Load(store, ledger, "app", end.Token).RunAsync(scenario.Writers.Own, scenario.Writers.Sharing, Readers);
        await scenario.StartAsync(ledger);
        var (strikes, back) = await StrikeAsync(scenario, ledger, time < scenario.LongestTime ? time : scenario.LongestTime);
        await scenario.EndAsync();
        await end.CancelAsync();
        try
        {
            await load.WaitAsync(Longest, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            ledger.Wrong($"calls did not end within {Longest}");
        }

        // What this application sees, and one that is started afterwards.
        var seen = await SeenAsync(store, ledger);
        await DisposeAsync(store);
        var second = scenario.OpenAfterwards();
        var (found, wrong, texts) = await ledger.VerifyAsync(second);
        if (seen < found)
        {
            (wrong, texts) = (wrong + 1, [.. texts, $"the store that was open during the fault finds {seen} turns afterwards, a new one {found}"]);
        }

        await DisposeAsync(second);
        return new(strikes, ledger.Count, found, wrong, ledger.Refused, back, wrong > 0 ? texts : [.. ledger.Refusals.Select(static r => $"{r.Count} × {r.Message}")]);
    }

    private static async Task<int> SeenAsync(ConversationStore store, Ledger ledger)
    {
        try
        {
            return (await ledger.VerifyAsync(store)).Found;
        }
        catch (ConversationStoreException e)
        {
            ledger.Wrong($"the store that was open during the fault cannot be read afterwards: {e.Message}");
            return int.MaxValue;
        }
    }

    private static async Task<(int Strikes, TimeSpan Back)> StrikeAsync(FaultScenario scenario, Ledger ledger, TimeSpan time)
    {
        var (began, back, random) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero, new Random(4711));
        var strikes = 0;
        var isAlive = await AcknowledgedAsync(ledger, Turns);
        while (isAlive && (strikes == 0 || TimeProvider.System.GetElapsedTime(began) < time))
        {
            if (strikes < scenario.MostStrikes)
            {
                await scenario.StrikeAsync(ledger, random);
                strikes++;
                var struck = TimeProvider.System.GetTimestamp();
                isAlive = await AcknowledgedAsync(ledger, 1);
                back = TimeSpan.FromTicks(Math.Max(back.Ticks, TimeProvider.System.GetElapsedTime(struck).Ticks));
            }

            isAlive = isAlive && await AcknowledgedAsync(ledger, Turns);
        }

        if (!isAlive)
        {
            ledger.Wrong($"no {Turns} turns were acknowledged within {Longest}: {string.Join("; ", ledger.Refusals.Select(static r => $"{r.Count} × {r.Message}"))}");
        }

        return (strikes, back);
    }

    private static async Task<bool> AcknowledgedAsync(Ledger ledger, int more)
    {
        var (goal, began) = (ledger.Count + more, TimeProvider.System.GetTimestamp());
        while (ledger.Count < goal)
        {
            if (TimeProvider.System.GetElapsedTime(began) > Longest)
            {
                return false;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        return true;
    }

    private static ValueTask DisposeAsync(ConversationStore store) => store is IAsyncDisposable disposable ? disposable.DisposeAsync() : default;
}
