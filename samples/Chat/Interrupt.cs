namespace Chat;

/// <summary>Handles Ctrl+C: cancels the running operation; without one, or when pressed again, ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;

    public Interrupt() => Console.CancelKeyPress += OnCancelKey;

    /// <summary>Starts an operation that Ctrl+C cancels. Call <see cref="End"/> when it completes.</summary>
    public CancellationTokenSource Begin()
    {
        lock (_lock)
        {
            return _running = new CancellationTokenSource();
        }
    }

    public void End(CancellationTokenSource running)
    {
        lock (_lock)
        {
            _running = null;
            running.Dispose();
        }
    }

    public void Dispose() => Console.CancelKeyPress -= OnCancelKey;

    private void OnCancelKey(object? sender, ConsoleCancelEventArgs e)
    {
        lock (_lock)
        {
            if (_running is { IsCancellationRequested: false } running)
            {
                e.Cancel = true;
                // Asynchronously, so that callbacks of the token do not run inside the lock.
                _ = running.CancelAsync();
            }
        }
    }
}
