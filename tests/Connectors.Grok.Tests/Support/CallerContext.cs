namespace Connectors.Grok.Tests.Support;

/// <summary>Runs calls under a synchronization context and asserts that they do not post to it: a blocked or busy context would delay the call.</summary>
internal static class CallerContext
{
    /// <summary>Runs a call under a context, opens the gate when the call waits for it, and asserts that the context was not used.</summary>
    public static async Task IsNotUsed(Func<Task, Task> call)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (before, context) = (SynchronizationContext.Current, new Counting());
        SynchronizationContext.SetSynchronizationContext(context);
        Task result;
        try
        {
            result = call(gate.Task);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        Assert.False(result.IsCompleted);
        gate.SetResult();
        await result;
        Assert.Equal(0, context.Count);
    }

    /// <summary>Does so for each of the steps of a call: in each run another step waits.</summary>
    public static async Task IsNotUsed(int steps, Func<Steps, Task> call)
    {
        for (var held = 1; held <= steps; held++)
        {
            await IsNotUsed(gate => call(new Steps(held, gate)));
        }

        var all = new Steps(0, Task.CompletedTask);
        await call(all);
        Assert.Equal(steps, all.Count);
    }

    private sealed class Counting : SynchronizationContext
    {
        private int _count;

        public int Count => _count;

        public override void Post(SendOrPostCallback d, object? state)
        {
            Interlocked.Increment(ref _count);
            base.Post(d, state);
        }
    }
}

/// <summary>The steps of a call: one waits for a gate, the others complete immediately.</summary>
internal sealed class Steps(int held, Task gate)
{
    private int _count;

    public int Count => _count;

    public Task NextAsync() => Interlocked.Increment(ref _count) == held ? gate : Task.CompletedTask;
}
