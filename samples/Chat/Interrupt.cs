namespace Chat;

/// <summary>Handles Ctrl+C: cancels the running operation. Without one, asks for a second Ctrl+C if a person can answer; otherwise, or when pressed again, ends the process.</summary>
internal sealed class Interrupt : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource? _running;
    private bool _isAsked;

    public Interrupt() => Console.CancelKeyPress += OnCancelKey;

    /// <summary>Asks for a second Ctrl+C at a prompt; null to end the process at once.</summary>
    public Action? AskToExit { get; set; }

    /// <summary>The exit code when a press ends the process: a prompt is left regularly, and a running operation is interrupted.</summary>
    public int Code
    {
        get
        {
            lock (_lock)
            {
                return _running is null && AskToExit is not null ? ExitCode.Success : ExitCode.Interrupted;
            }
        }
    }

    /// <summary>Starts an operation that Ctrl+C cancels. Call <see cref="End"/> when it completes.</summary>
    public CancellationTokenSource Begin()
    {
        lock (_lock)
        {
            _isAsked = false;
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

    /// <summary>Handles a press of Ctrl+C.</summary>
    /// <returns>True when the process continues.</returns>
    public bool Press()
    {
        lock (_lock)
        {
            if (_running is { IsCancellationRequested: false } running)
            {
                // Asynchronously, so that callbacks of the token do not run inside the lock.
                _ = running.CancelAsync();
                return true;
            }

            if (_running is not null || _isAsked || AskToExit is not { } ask)
            {
                return false;
            }

            _isAsked = true;
            ask();
            return true;
        }
    }

    public void Dispose() => Console.CancelKeyPress -= OnCancelKey;

    private void OnCancelKey(object? sender, ConsoleCancelEventArgs e)
    {
        e.Cancel = Press();
        if (!e.Cancel && AskToExit is not null)
        {
            // The signal alone does not end a process that waits in Console.In.ReadLine.
            e.Cancel = true;
            Environment.Exit(Code);
        }
    }
}
