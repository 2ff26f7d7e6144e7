using Connectors.Grok.Conversations;
using Connectors.Grok.Stores.Tests.Support;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>The writers are two processes, and one of them is killed while it writes.</summary>
/// <param name="kind">The kind of the store, as <see cref="Writer.Open"/> takes it.</param>
/// <param name="medium">Its medium.</param>
/// <param name="folder">Disposed with the scenario.</param>
internal sealed class KilledWriters(string kind, string medium, IDisposable? folder = null) : FaultScenario
{
    private const int Processes = 2;
    private const int Turns = 30;

    private readonly Queue<LoadProcess> _processes = [];
    private int _started;
    private int _killed;

    public override (int Own, int Sharing) Writers => (0, 1);

    public override ConversationStore Open() => Writer.Open(kind, medium);

    public override Task StartAsync(Ledger ledger)
    {
        StartMissing(ledger);
        return Task.CompletedTask;
    }

    public override async Task StrikeAsync(Ledger ledger, Random random)
    {
        StartMissing(ledger);
        using var victim = _processes.Dequeue();
        var (goal, prefix) = (Turns, $"life{_killed++}-");
        var began = TimeProvider.System.GetTimestamp();
        while (Count(ledger, prefix) < goal && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System);
        }

        // Anywhere within the next turn.
        Thread.SpinWait(random.Next(1_000_000));
        await victim.KillAsync();
    }

    public override async Task EndAsync()
    {
        foreach (var process in _processes)
        {
            await process.EndAsync();
        }
    }

    protected override ValueTask CleanUpAsync()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        folder?.Dispose();
        return default;
    }

    private void StartMissing(Ledger ledger)
    {
        while (_processes.Count < Processes)
        {
            _processes.Enqueue(LoadProcess.Start(kind, medium, $"life{_started++}-", ledger));
        }
    }

    private static int Count(Ledger ledger, string prefix) => ledger.Acknowledged($"{prefix}0-0").Count;
}
