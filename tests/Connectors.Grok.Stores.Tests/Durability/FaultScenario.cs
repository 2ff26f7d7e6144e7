using Connectors.Grok.Conversations;

namespace Connectors.Grok.Stores.Tests.Durability;

/// <summary>A store on a medium of its own, and a fault of that medium.</summary>
internal abstract class FaultScenario : IAsyncDisposable
{
    /// <summary>How often the fault can be caused.</summary>
    public virtual int MostStrikes => int.MaxValue;

    /// <summary>The longest load, whatever is asked for.</summary>
    public virtual TimeSpan LongestTime => TimeSpan.FromHours(1);

    /// <summary>The number of writers in this process.</summary>
    public virtual (int Own, int Sharing) Writers => (4, 3);

    /// <summary>Opens the store, as an application does.</summary>
    public abstract ConversationStore Open();

    /// <summary>Opens the store over the same medium to look for the turns afterwards, without what the fault is about.</summary>
    public virtual ConversationStore OpenAfterwards() => Open();

    /// <summary>Begins what the scenario needs beside the writers of this process.</summary>
    public virtual Task StartAsync(Ledger ledger) => Task.CompletedTask;

    /// <summary>Causes the fault while the load runs, and ends it.</summary>
    public abstract Task StrikeAsync(Ledger ledger, Random random);

    /// <summary>Ends what <see cref="StartAsync"/> began.</summary>
    public virtual Task EndAsync() => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual ValueTask CleanUpAsync() => ValueTask.CompletedTask;

    /// <summary>Waits until a number of calls have failed, or a time has passed: the fault may be one that the store retries through.</summary>
    protected static async Task UntilRefusedAsync(Ledger ledger, int count, TimeSpan longest)
    {
        var (goal, began) = (ledger.Refused + count, TimeProvider.System.GetTimestamp());
        while (ledger.Refused < goal && TimeProvider.System.GetElapsedTime(began) < longest)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
