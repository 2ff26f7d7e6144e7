namespace Connectors.Grok.Emulator;

/// <summary>A gate in a scripted reply: the emulator stops in front of it until the test opens it.</summary>
public sealed class ReplyGate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a reply stands in front of the gate: everything before it has been sent.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets the reply go on, now and later.</summary>
    public void Release() => _open.TrySetResult();

    internal Task PassAsync(CancellationToken cancellationToken)
    {
        _reached.TrySetResult();
        return _open.Task.WaitAsync(cancellationToken);
    }
}
