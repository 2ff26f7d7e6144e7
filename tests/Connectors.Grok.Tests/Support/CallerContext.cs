namespace Connectors.Grok.Tests.Support;

/// <summary>Calls under a context, which a library does not come back to: one that is blocked, or busy drawing a window, would hold it up.</summary>
internal static class CallerContext
{
    /// <summary>Calls under a context, opens the gate when the call waits for it, and tells whether the context was used.</summary>
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

    /// <summary>The same for each of a call's steps, of which there are so many: one after the other is the one that waits.</summary>
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

/// <summary>The steps of a call: all pass at once but one, which waits for a gate.</summary>
internal sealed class Steps(int held, Task gate)
{
    private int _count;

    public int Count => _count;

    public Task NextAsync() => Interlocked.Increment(ref _count) == held ? gate : Task.CompletedTask;
}
