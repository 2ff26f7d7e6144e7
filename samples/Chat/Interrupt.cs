namespace Chat;

/// <summary>Ctrl+C while something runs stops that; while nothing runs, or pressed again, it ends the process as ever.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;

    public Interrupt() => Console.CancelKeyPress += OnCancelKey;

    /// <summary>Begins something that can be stopped. Dispose it at its end.</summary>
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
                // Not from here: what waits for the token must not run inside the lock.
                _ = running.CancelAsync();
            }
        }
    }
}
