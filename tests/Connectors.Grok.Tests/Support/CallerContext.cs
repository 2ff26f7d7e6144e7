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

    /// <summary>The same for each of a call's steps: one after the other is the one that waits.</summary>
    public static async Task IsNotUsedInAnyStep(Func<Steps, Task> call)
    {
        var all = new Steps(0, Task.CompletedTask);
        await call(all);
        Assert.NotEqual(0, all.Count);
        for (var held = 1; held <= all.Count; held++)
        {
            await IsNotUsed(gate => call(new Steps(held, gate)));
        }
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
