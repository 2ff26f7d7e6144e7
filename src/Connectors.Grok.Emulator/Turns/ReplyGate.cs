namespace Connectors.Grok.Emulator;

/// <summary>A point in a scripted reply at which the emulator pauses until <see cref="Release"/> is called.</summary>
public sealed class ReplyGate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A task that completes when a reply reaches the gate. Everything before the gate has been sent by then.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Opens the gate. Waiting replies continue, and later replies pass without waiting.</summary>
    public void Release() => _open.TrySetResult();

    internal bool IsOpen => _open.Task.IsCompleted;

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _open.Task.WaitAsync(cancellationToken);
    }
}
